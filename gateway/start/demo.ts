import { demoPeople } from '../../city/demo-people.ts'
import type { ProfileName } from '../caller/development-issuer.ts'
import type { Text } from '../vocabulary/codes.ts'

/** The synthetic citizen of the first query: known to all three departments. */
export const DEMO_NUMBER = demoPeople.allThree.document.idDocumentNumber

/** The demonstration desk's matter and case. */
export const DEMO_HEADERS = { 'x-matter': 'public-rental-housing', 'x-case': 'PRH-2026-0001' }

/** The first query: one citizen, three departments, and each kind of decision. */
export const DEMO_QUERY = `# 一位市民,三个部门 · One citizen, three departments
query Desk($number: IdNumber!) {
  person(idDocumentType: RESIDENT_ID, idDocumentNumber: $number) {
    name
    household { registrationStatus householdTownship photo }
    socialInsurance { insuranceType enrolmentStatus employerName socialInsuranceNumber }
    disability { issuingAuthority issueDate disabilityCertificateNumber }
  }
}
`

const MARKET_QUERY = `query Market($number: IdNumber!) {
  person(idDocumentType: RESIDENT_ID, idDocumentNumber: $number) {
    name
    sex
    household { photo }
  }
}
`

const DESK_CHECK_QUERY = `query Needed($number: IdNumber!) {
  deskCheck(person: { idDocumentType: RESIDENT_ID, idDocumentNumber: $number }) {
    materials { title status clause text }
  }
}
`

const VERIFY_MUTATION = `mutation Verify($number: IdNumber!) {
  verifyItems(input: { rows: [{
    person: { idDocumentType: RESIDENT_ID, idDocumentNumber: $number }
    items: [{
      coordinate: "DisabilityCertificate.disabilityCertificateNumber"
      claimed: "${demoPeople.allThree.disability?.certificateNumber ?? ''}"
    }]
  }] }) {
    rows { items { outcome sourceTitle asOf clause } token }
  }
}
`

/** A request to try at once. */
export interface DemoCall {
  readonly title: Text
  readonly profile: ProfileName
  readonly headers: Readonly<Record<string, string>>
  readonly query: string
}

/** What the welcome prints: callers about the same citizen. */
export const DEMO_CALLS: readonly DemoCall[] = [
  {
    title: { zh: '住房窗口:一位市民,三个部门', en: 'The housing desk: one citizen, three departments' },
    profile: 'housing-clerk',
    headers: DEMO_HEADERS,
    query: DEMO_QUERY,
  },
  {
    title: {
      zh: '市场监管应用:同一位市民,只给所需',
      en: 'The licence service: the same citizen, no more than it needs',
    },
    profile: 'market-app',
    headers: { 'x-matter': 'business-licence-change' },
    query: MARKET_QUERY,
  },
  {
    title: {
      zh: '住房窗口:所办事项需要的材料,哪些不必再要',
      en: 'The housing desk: which materials the citizen need not bring',
    },
    profile: 'housing-clerk',
    headers: DEMO_HEADERS,
    query: DESK_CHECK_QUERY,
  },
  {
    title: {
      zh: '住房窗口:核实残疾人证号,不显示内容',
      en: 'The housing desk: verifies a certificate number without seeing it',
    },
    profile: 'housing-clerk',
    headers: DEMO_HEADERS,
    query: VERIFY_MUTATION,
  },
]

/** The same in one line, for a command to paste. */
export function oneLine(query: string): string {
  return query
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
}
