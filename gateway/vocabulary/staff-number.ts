/** Officers beside whom a number is nobody's; as the tokens have them. */
export const STAFF_NUMBER = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/

/** Whether two staff numbers are one officer's: in capitals and in small letters a number is still one person's. */
export function isSameOfficer(one: string, other: string): boolean {
  return foldStaffNumber(one) === foldStaffNumber(other)
}

/** One text for each officer; of numbers that a token holds, upper and lower case are the only two ways to write one. */
export function foldStaffNumber(officer: string): string {
  return officer.toUpperCase()
}
