import { print } from 'graphql'
import type { FieldEntry, ResourceEntry } from '../../gateway/catalog/catalog.ts'
import { exampleOf } from './example.ts'
import { halves } from './read.ts'
import type { CatalogueSource, DepartmentSource } from './read.ts'
import { notesOf } from './notes.ts'
import { partsOf } from './parts.ts'
import { table, word } from './words.ts'

/** Says of a page where it comes from. */
export const PRINTED = '<!-- Printed by npm run generate from the department’s own SDL: correct it there. -->'

/** The page of one department, in Markdown. */
export function departmentPage(source: CatalogueSource, department: DepartmentSource): string {
  const { code, title, adapter, system } = department
  const own = source.catalog.resources.filter((one) => one.department === code)
  const parts = partsOf(source, department)
  return `${[
    PRINTED,
    '',
    `# ${title.zh} · ${title.en}`,
    '',
    `[目录 Index](README.md) · \`${code}\` · [schema.graphql](../../subgraphs/${code}/schema.graphql) · [README](../../subgraphs/${code}/README.md)`,
    '',
    `- 接入方式 Adapter: ${adapter}`,
    `- 系统 System: ${system}`,
    `- 目录条目 Entries: ${own.map((one) => `[${one.title}](#${one.code.toLowerCase()})`).join('、') || '–'}`,
    '',
    ...section('从哪里查起 · Where a query begins', fieldsOf(source, department, parts.entries), department),
    ...own.flatMap((one) => resourceSection(source, department, one, parts.of(one.type))),
    ...section('统计 · Statistics', fieldsOf(source, department, parts.statistics), department, STATISTICS),
    ...codesOf(department),
    ...howToApply(own),
  ]
    .join('\n')
    .trimEnd()}\n`
}

const PROPOSED =
  '> **拟议条目 · Proposed.** 法规只列出领域,未列数据项;本条目的数据项由本系统拟议。A regulation names the domain and none of its items; those here are proposed by this installation.'

const STATISTICS = [
  '只答人数、户数等分组数量,不答任何一人;小组不公布。Numbers of groups alone, never of one person; small groups are withheld ([statistics.md](../statistics.md)).',
  '',
]

/** Fields of some types of the SDL, in the order in which the department wrote them. */
function fieldsOf(
  { catalog }: CatalogueSource,
  { code, types }: DepartmentSource,
  names: ReadonlySet<string>,
): readonly FieldEntry[] {
  const entries = new Map<string, FieldEntry>(
    catalog.fields.filter(({ providers }) => providers.includes(code)).map((one) => [one.coordinate, one]),
  )
  return [...types].flatMap(([type, { fields = [] }]) =>
    names.has(type) ? fields.flatMap(({ name }) => entries.get(`${type}.${name.value}`) ?? []) : [],
  )
}

function section(
  title: string,
  fields: readonly FieldEntry[],
  department: DepartmentSource,
  before: readonly string[] = [],
): readonly string[] {
  return fields.length === 0 ? [] : [`## ${title}`, '', ...before, ...fieldTable(fields, department), '']
}

function resourceSection(
  source: CatalogueSource,
  department: DepartmentSource,
  entry: ResourceEntry,
  names: ReadonlySet<string>,
): readonly string[] {
  const { en } = halves(department.words.get(entry.type) ?? '')
  return [
    `<a id="${entry.code.toLowerCase()}"></a>`,
    '',
    `## ${entry.title} · ${entry.type}`,
    '',
    ...(entry.proposed === true ? [PROPOSED, ''] : []),
    `${entry.content ?? entry.title}。${en}${/[.!?]$/.test(en) ? '' : '.'}`,
    '',
    ...table(['条目 Entry', ''], factsOf(entry)),
    '',
    ...fieldTable(fieldsOf(source, department, names), department),
    '',
    ...exampleSection(source, department, entry),
  ]
}

function factsOf(entry: ResourceEntry): readonly (readonly string[])[] {
  const facts: readonly (readonly [string, string | null])[] = [
    ['目录编码 Code', `\`${entry.code}\``],
    ['更新周期 Update cycle', word(entry.updateCycle)],
    ['提供方式 Provided as', word(entry.format)],
    ['共享方式 Shared by', entry.mode === null ? null : word(entry.mode)],
    ['使用要求 Use', entry.use],
    ['授权 Authorised by', entry.authorisationMode === null ? null : word(entry.authorisationMode)],
    ['联系 Contact', entry.contact],
    ['业务系统 System', entry.system],
    ['平台位置 Location', entry.location],
    ['标准 Standard', entry.standard],
    ['样例 Sample', entry.sample],
    ['发布 Published', entry.published],
    ['保密审查 Secrecy review', entry.secrecyReview],
    ['向社会开放 Openness', entry.openness === null ? null : word(entry.openness)],
  ]
  return facts.flatMap(([name, text]) => (text === null ? [] : [[name, text]]))
}

const HEAD = [
  '名称 Name',
  '坐标 Coordinate',
  '类型 Type',
  '项 Item',
  '级 Level',
  '共享类型 Class',
  '脱敏 Mask',
  '核实 Verify',
  '键 Key',
]

function fieldTable(fields: readonly FieldEntry[], department: DepartmentSource): readonly string[] {
  const notes = notesOf(fields)
  const keys = keysOf(department)
  const rows = fields.map((one) => {
    const { en } = halves(department.words.get(one.coordinate) ?? '')
    return [
      en === '' ? one.title : `${one.title}\n${en}`,
      `\`${one.coordinate}\``,
      `\`${typeText(one.coordinate, department)}\``,
      one.item ?? '–',
      one.level,
      `${word(one.class)}${notes.markOf(one)}`,
      one.mask === null ? '–' : `[${one.mask}](../masking.md)`,
      verifyText(one),
      keys.has(one.coordinate) ? '是 yes' : '–',
    ]
  })
  return [...table(HEAD, rows), ...(notes.lines.length === 0 ? [] : ['', ...notes.lines])]
}

function verifyText({ verify, verifyOnly }: FieldEntry): string {
  if (verify === null) return '–'
  const how = verifyOnly ? '只能核实 only' : '可 yes'
  return verify.lowEntropy ? `${how}(须与其他项一并 with others)` : how
}

function keysOf({ types }: DepartmentSource): ReadonlySet<string> {
  return new Set(
    [...types].flatMap(([name, { directives = [] }]) =>
      directives
        .filter((one) => one.name.value === 'key')
        .flatMap(
          (one) =>
            one.arguments?.flatMap(({ value }) => (value.kind === 'StringValue' ? value.value.split(/\s+/) : [])) ?? [],
        )
        .map((field) => `${name}.${field}`),
    ),
  )
}

function typeText(coordinate: string, { types }: DepartmentSource): string {
  const [type = '', name] = coordinate.split('.')
  const field = types.get(type)?.fields?.find((one) => one.name.value === name)
  if (field === undefined) return ''
  const given = (field.arguments ?? []).map((one) => `${one.name.value}: ${print(one.type)}`).join(', ')
  // A refusal makes any field null, keys included: what is served has no ! outside of lists.
  return `${given === '' ? '' : `(${given}): `}${print(field.type).replace(/!$/, '')}`
}

function exampleSection(
  { schema, catalog }: CatalogueSource,
  { code }: DepartmentSource,
  { type }: ResourceEntry,
): readonly string[] {
  const provided = new Set<string>(
    catalog.fields.flatMap((one) => (one.providers.includes(code) ? [one.coordinate] : [])),
  )
  const titles = new Map<string, string>(catalog.fields.map((one) => [one.coordinate, one.title]))
  const example = exampleOf(schema, type, provided, (at) => titles.get(at) ?? at)
  if (example === null) return []
  const { query, variables, answer } = example
  return [
    '查询示例(号码均为虚构)· Example, of nobody real:',
    '',
    '```graphql',
    query,
    '```',
    '',
    ...(Object.keys(variables).length === 0 ? [] : ['```json variables', JSON.stringify(variables), '```', '']),
    '全部获准时的答复;未获准的为 null,并有一条带代码的错误 · The answer where everything is granted; what is not is null, with an error that has a code:',
    '',
    '```json answer',
    JSON.stringify(answer, null, 2),
    '```',
    '',
  ]
}

function codesOf({ enums, words }: DepartmentSource): readonly string[] {
  const rows = [...enums].flatMap(([name, values]) =>
    values.map((value, at) => {
      const { zh, en } = halves(words.get(`${name}.${value}`) ?? '')
      return [at === 0 ? `\`${name}\`` : '', `\`${value}\``, zh, en]
    }),
  )
  return rows.length === 0
    ? []
    : ['## 代码 · Codes', '', ...table(['枚举 Enum', '值 Value', '含义', 'Meaning'], rows), '']
}

function howToApply(own: readonly ResourceEntry[]): readonly string[] {
  const contacts = [...new Set(own.map(({ contact }) => contact))].join('、')
  return [
    '## 怎样申请 · How to apply',
    '',
    `向${contacts === '' ? '该部门' : contacts}提出:写明事项、所需数据项的坐标、用途和期限。先在[目录首页](README.md#apply)看各共享类型要办什么。`,
    `Apply to the contact of the entry with the matter, the coordinates that it needs, the purpose and the time. What each class asks for is on the [index](README.md#apply).`,
  ]
}
