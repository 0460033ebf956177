import { join } from 'node:path'
import { code, dateRange, decimal, legalEntityReference, personReference, standardCode, text } from '../kit/decode.ts'
import { fileSource } from '../kit/drop/file.ts'
import { legalKeys, recordKey } from '../kit/keys.ts'
import type { Department, Register, RegisterKey } from '../kit/register.ts'

const vesselFields: Register['fields'] = {
  vesselCode: text('渔船编码'),
  vesselName: text('船名'),
  homePort: text('船籍港'),
  operation: code('作业类型', { 拖网: 'TRAWL', 围网: 'SEINE', 刺网: 'GILLNET', 钓具: 'LINE' }),
  length: decimal('船长(米)'),
  ownerName: text('所有人'),
  ownerIdNumber: text('所有人身份证号'),
  owner: personReference('所有人身份证号'),
  ownerIdentifier: text('所有人信用代码'),
  ownerEntity: legalEntityReference('所有人信用代码'),
}

/** 渔船 (fishing vessels): one row a vessel. */
const vessels: Register = {
  type: 'FishingVessel',
  at: 'ycdj',
  rows: 'ONE',
  ...recordKey(vesselFields, 'vesselCode'),
  fields: vesselFields,
}

const owner: RegisterKey = {
  documentType: { kind: 'CONSTANT', value: 'RESIDENT_ID' },
  number: '所有人身份证号',
  oldNumbers: true,
}

/** The same vessels, as those of a person or of an organisation. */
const vesselsOfOwner: Register = {
  ...vessels,
  rows: 'MANY',
  ...legalKeys('所有人信用代码'),
  otherKeys: [owner],
}

const seaFields: Register['fields'] = {
  certificateNumber: text('海域使用权证号'),
  use: code('用海类型', {
    渔业用海: 'FISHERY',
    工业用海: 'INDUSTRY',
    交通运输用海: 'TRANSPORT',
    旅游娱乐用海: 'TOURISM',
  }),
  divisionCode: standardCode('行政区划代码', /^\d{6}$/),
  area: decimal('用海面积(公顷)'),
  validityPeriod: dateRange('用海期限', '至'),
  holderIdentifier: text('权利人信用代码'),
  holder: legalEntityReference('权利人信用代码'),
}

/** 海域使用权 (rights to use the sea): one row a certificate. */
const seaAreas: Register = {
  type: 'SeaAreaUseRight',
  at: 'hysyq',
  rows: 'ONE',
  ...recordKey(seaFields, 'certificateNumber'),
  fields: seaFields,
}

const seaAreasOfHolder: Register = { ...seaAreas, rows: 'MANY', ...legalKeys('权利人信用代码') }

/** Ocean and fisheries (海洋与渔业部门): fishing vessels and the use of the sea, file drop, static. */
export const oceanFisheries: Department = {
  name: 'ocean-fisheries',
  schema: new URL('schema.graphql', import.meta.url),
  links: { fishingVessels: vesselsOfOwner },
  person: {},
  legalLinks: { fishingVessels: vesselsOfOwner, seaAreaUseRights: seaAreasOfHolder },
  records: [vessels, seaAreas],
  lookups: { fishingVessel: vessels, seaAreaUseRight: seaAreas },
  connect: ({ dataDirectory, directory = join(dataDirectory, 'ocean-fisheries', 'drop'), workDirectory, clock }) =>
    fileSource({
      folder: directory,
      workDirectory,
      clock,
      registers: [vessels, vesselsOfOwner, seaAreas, seaAreasOfHolder],
    }),
}
