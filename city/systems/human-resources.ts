import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CITY_DATE } from '../citizen.ts'
import type { Citizen, Enrolment, IdDocumentType, SocialSecurity, Title } from '../citizen.ts'
import type { Sink } from './sink.ts'
import { insert, newDatabase } from './sqlite.ts'

/*
 * The data of the human resources system, named by the indicator codes of LD/T 92 where it has them:
 * ac01 个人基本信息 (persons), ac02 参保信息 (enrolments), ac08 专业技术职务 (titles), xtcs 系统参数 (settings).
 * aac040 缴费基数 (contribution base) is held and never shared: HZ-23.2 does not list it.
 */

export const PERSON_COLUMNS = ['aac000', 'aac001', 'aac003', 'aac058', 'aae135'] as const
export const ENROLMENT_COLUMNS = [
  'aac000',
  'aae140',
  'aac008',
  'aac030',
  'aae041',
  'aab001',
  'aab004',
  'aab359',
  'aab301',
  'aae036',
  'aac040',
] as const
export const TITLE_COLUMNS = ['aac000', 'zc_mc', 'zc_qdsj', 'pr_zwmc', 'pr_dw', 'pr_dwxzqh', 'pr_sj'] as const

/** AAC058, kind of document. */
const DOCUMENT_CODES: Readonly<Record<IdDocumentType, string>> = {
  RESIDENT_ID: '01',
  HMT_PERMIT: '04',
  FOREIGNER_PERMANENT_RESIDENCE: '07',
  PASSPORT: '08',
  HMT_RESIDENCE_PERMIT: '12',
  OTHER: '99',
}
const STATUS_CODES: Readonly<Record<Enrolment['status'], string>> = { ENROLLED: '1', SUSPENDED: '2', TERMINATED: '3' }

const TABLES = [
  `create table ac01 (aac000 integer primary key, ${texts(PERSON_COLUMNS)})`,
  `create table ac02 (aac000 integer not null, ${texts(ENROLMENT_COLUMNS)})`,
  `create table ac08 (aac000 integer not null, ${texts(TITLE_COLUMNS)})`,
  'create table xtcs (mc text primary key, z text not null)',
  'create index ac01_aae135 on ac01 (aae135)',
  'create index ac02_aac000 on ac02 (aac000)',
  'create index ac08_aac000 on ac08 (aac000)',
]

function texts(columns: readonly string[]): string {
  return columns
    .slice(1)
    .map((name) => `${name} text`)
    .join(', ')
}

/** The system's data file and its API key, in `human-resources/`. */
export function humanResourcesData(directory: string): Sink {
  const folder = join(directory, 'human-resources')
  const database = newDatabase(join(folder, 'si.db'), TABLES)
  insert(database, 'xtcs', ['mc', 'z'])(['sjsj', `${CITY_DATE} 23:30:00`])
  const person = insert(database, 'ac01', PERSON_COLUMNS)
  const enrolment = insert(database, 'ac02', ENROLMENT_COLUMNS)
  const title = insert(database, 'ac08', TITLE_COLUMNS)
  let serial = 0
  const add = (citizen: Citizen, known: SocialSecurity): void => {
    serial += 1
    const type = DOCUMENT_CODES[citizen.document.idDocumentType]
    person([serial, known.insuranceNumber, known.name, type, known.documentNumber])
    for (const found of known.enrolments) enrolment(enrolmentRow(serial, found))
    for (const found of known.titles) title(titleRow(serial, found))
  }
  return {
    files: ['human-resources/si.db', 'human-resources/api-key'],
    async add(citizens) {
      for (const citizen of citizens) if (citizen.socialSecurity !== null) add(citizen, citizen.socialSecurity)
    },
    async finish() {
      database.exec('commit')
      database.close()
      await writeFile(join(folder, 'api-key'), `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
    },
  }
}

function enrolmentRow(serial: number, found: Enrolment): readonly (string | number | null)[] {
  return [
    serial,
    found.insuranceType,
    STATUS_CODES[found.status],
    slashed(found.from),
    found.until === null ? null : slashed(found.until),
    found.employer?.number ?? null,
    found.employer?.name ?? null,
    found.authority,
    found.authorityDivision,
    `${found.registered} 09:00:00`,
    String(found.contributionBase),
  ]
}

function titleRow(
  serial: number,
  { qualification, obtained, appointment }: Title,
): readonly (string | number | null)[] {
  return [
    serial,
    qualification,
    slashed(obtained),
    appointment?.position ?? null,
    appointment?.unit ?? null,
    appointment?.unitDivision ?? null,
    appointment === null ? null : slashed(appointment.date),
  ]
}

/** `YYYY/M/D`, as this system writes dates. */
function slashed(date: string): string {
  const [year, month, day] = date.split('-')
  return `${year}/${Number(month)}/${Number(day)}`
}
