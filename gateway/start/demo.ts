import { demoPeople } from '../../city/demo-people.ts'

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

/** The same in one line, for a command to paste. */
export function oneLine(query: string): string {
  return query
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
}
