import { code, date, decimal, legalEntityReference, personReference, standardCode, text } from '../kit/decode.ts'
import { legalKeys, recordKey } from '../kit/keys.ts'
import type { Register, RegisterKey } from '../kit/register.ts'

/** A column with the ID number of somebody whom a record is about. */
function person(number: string): RegisterKey {
  return { documentType: { kind: 'CONSTANT', value: 'RESIDENT_ID' }, number, oldNumbers: true }
}

const vehicleFields: Register['fields'] = {
  plateNumber: text('hphm'),
  plateType: code('hpzl', { '01': 'LARGE', '02': 'SMALL', '52': 'NEW_ENERGY', '07': 'MOTORCYCLE' }),
  brand: text('ppxh'),
  status: code('zt', { A: 'NORMAL', H: 'OVERDUE', G: 'SEALED', E: 'CANCELLED' }),
  registrationDate: date('ccdjrq'),
  ownerName: text('syr'),
  ownerIdNumber: text('syr_sfzh'),
  owner: personReference('syr_sfzh'),
  ownerIdentifier: text('syr_dm'),
  ownerEntity: legalEntityReference('syr_dm'),
}

/** 机动车 (vehicles): one row a vehicle; the same number may be on plates of several kinds. */
const vehicles: Register = {
  type: 'Vehicle',
  at: 'jdc',
  rows: 'ONE',
  ...recordKey(vehicleFields, 'plateNumber', 'plateType'),
  fields: vehicleFields,
}

/** The same vehicles, as those of a person or of an organisation. */
const vehiclesOfOwner: Register = {
  type: 'Vehicle',
  at: 'jdc',
  rows: 'MANY',
  key: person('syr_sfzh'),
  otherKeys: [legalKeys('syr_dm').key],
  fields: vehicleFields,
}

const dogFields: Register['fields'] = {
  dogCertificateNumber: text('djzh'),
  breed: text('qpz'),
  issueDate: date('djrq'),
  expiryDate: date('yxqz'),
  township: text('syd_xzjd'),
  keeperIdNumber: text('yqr_sfzh'),
  keeper: personReference('yqr_sfzh'),
}

/** 养犬登记 (dogs): one row a dog. */
const dogs: Register = {
  type: 'DogRegistration',
  at: 'qz',
  rows: 'ONE',
  ...recordKey(dogFields, 'dogCertificateNumber'),
  fields: dogFields,
}

const violationFields: Register['fields'] = {
  decisionNumber: text('jdsbh'),
  violationCode: standardCode('wfxw', /^\d{4,5}$/),
  violationDate: date('wfsj'),
  place: text('wfdd'),
  fine: decimal('fkje'),
  plateNumber: text('hphm'),
  offenderIdNumber: text('dsr_sfzh'),
  offender: personReference('dsr_sfzh'),
}

/** 交通违法 (traffic violations): one row a decision. */
const violations: Register = {
  type: 'TrafficViolation',
  at: 'jtwf',
  rows: 'ONE',
  ...recordKey(violationFields, 'decisionNumber'),
  fields: violationFields,
}

const gridFields: Register['fields'] = {
  gridCode: text('wgbh'),
  gridName: text('wgmc'),
  divisionCode: standardCode('xzqh', /^\d{6}$/),
  township: text('xzjd'),
  policeStation: text('pcs'),
}

/** 社区网格 (grids of communities): one row a grid. */
const grids: Register = {
  type: 'CommunityGrid',
  at: 'sqwg',
  rows: 'ONE',
  ...recordKey(gridFields, 'gridCode'),
  fields: gridFields,
}

/** Field of `Person` → the records of FS-16 that it leads to. */
export const LINKS = {
  vehicles: vehiclesOfOwner,
  dogs: { ...dogs, rows: 'MANY', key: person('yqr_sfzh') },
  trafficViolations: { ...violations, rows: 'MANY', key: person('dsr_sfzh') },
} as const satisfies Readonly<Record<string, Register>>

/** Field of `LegalEntity` → the records that it leads to. */
export const LEGAL_LINKS: Readonly<Record<string, Register>> = { vehicles: vehiclesOfOwner }

/** Records with a key of their own (FS-16). */
export const RECORDS: readonly Register[] = [vehicles, dogs, violations, grids]

/**
 * Field of `Query` → the register in which it looks up. What is somebody's is reached from that person or firm alone: a
 * number guessed must not tell whose it is without counting as a question about somebody.
 */
export const LOOKUPS: Readonly<Record<string, Register>> = { communityGrid: grids }
