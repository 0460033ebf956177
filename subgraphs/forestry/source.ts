import { join } from 'node:path'
import { code, date, decimal, standardCode, text, whole } from '../kit/decode.ts'
import { fileSource } from '../kit/drop/file.ts'
import { recordKey } from '../kit/keys.ts'
import type { Department, Register } from '../kit/register.ts'

/** GB/T 2260. */
const division = standardCode('行政区划代码', /^\d{6}$/)

const forestFields: Register['fields'] = {
  subcompartmentCode: text('小班号'),
  divisionCode: division,
  kind: code('林种', { 防护林: 'PROTECTION', 特种用途林: 'SPECIAL', 用材林: 'TIMBER', 经济林: 'ECONOMIC' }),
  dominantSpecies: text('优势树种'),
  area: decimal('面积(公顷)'),
  protection: code('保护等级', { Ⅰ: 'FIRST', Ⅱ: 'SECOND', Ⅲ: 'THIRD', Ⅳ: 'FOURTH' }),
}

/** 森林资源小班 (subcompartments of forests): one row a subcompartment. */
const forests: Register = {
  type: 'ForestSubcompartment',
  at: 'slxb',
  rows: 'ONE',
  ...recordKey(forestFields, 'subcompartmentCode'),
  fields: forestFields,
}

const grasslandFields: Register['fields'] = {
  plotCode: text('图斑号'),
  divisionCode: division,
  kind: code('草地类型', { 天然牧草地: 'NATURAL', 人工牧草地: 'ARTIFICIAL', 其他草地: 'OTHER' }),
  area: decimal('面积(公顷)'),
  coverage: whole('植被盖度(%)'),
}

/** 草地图斑 (plots of grassland): one row a plot. */
const grasslands: Register = {
  type: 'GrasslandPlot',
  at: 'cdtb',
  rows: 'ONE',
  ...recordKey(grasslandFields, 'plotCode'),
  fields: grasslandFields,
}

const wildlifeFields: Register['fields'] = {
  surveyCode: text('调查编号'),
  species: text('物种名称'),
  divisionCode: division,
  place: text('调查地点'),
  surveyDate: date('调查日期'),
  individuals: whole('个体数量'),
}

/** 野生动物调查 (records of wildlife surveys): one row a sighting. */
const wildlife: Register = {
  type: 'WildlifeSurveyRecord',
  at: 'ysdw',
  rows: 'ONE',
  ...recordKey(wildlifeFields, 'surveyCode'),
  fields: wildlifeFields,
}

const registers = [forests, grasslands, wildlife]

/** Forestry (林业部门): forests, grassland and wildlife, file drop, static. */
export const forestry: Department = {
  name: 'forestry',
  schema: new URL('schema.graphql', import.meta.url),
  links: {},
  person: {},
  records: registers,
  lookups: { forestSubcompartment: forests, grasslandPlot: grasslands, wildlifeSurveyRecord: wildlife },
  connect: ({ dataDirectory, directory = join(dataDirectory, 'forestry', 'drop'), workDirectory, clock }) =>
    fileSource({ folder: directory, workDirectory, clock, registers }),
}
