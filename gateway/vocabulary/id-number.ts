/** Resident identity numbers, GB 11643-1999: 17 digits and an ISO 7064 MOD 11-2 check character. */

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const
const CHECKS = '10X98765432'

/** The check character of 17 digits. */
export function checkDigit(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(first17[at]), 0)
  return CHECKS.charAt(sum % 11)
}

/** Whether a text is an 18-character number with a right check character. */
export function isResidentNumber(text: string): boolean {
  return /^\d{17}[\dX]$/.test(text) && checkDigit(text) === text[17]
}

/** The 18-character form of a 15-digit number; these were only given to people born in 19xx. */
export function from15(old: string): string {
  const first17 = `${old.slice(0, 6)}19${old.slice(6)}`
  return first17 + checkDigit(first17)
}

/** The 15-digit form under which an old system may still hold a number, or null where there never was one. */
export function to15(number: string): string | null {
  return /^\d{6}19\d{9}[\dX]$/.test(number) ? number.slice(0, 6) + number.slice(8, 17) : null
}

/** One form for each number: half width, no blanks, capital X, and 18 characters for a resident's. */
export function canonicalNumber(type: string, text: string): string {
  const plain = text.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase()
  return type === 'RESIDENT_ID' && /^\d{15}$/.test(plain) ? from15(plain) : plain
}

/** First two digits of GB/T 2260: provinces, and those of residents from Hong Kong, Macao and Taiwan. */
const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(' '),
)
const RUN = /(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{15})(?![0-9Xx])/g

/**
 * Whether a text holds a well-formed resident number, of 18 or of 15 digits. Keeps numbers out of what others send
 * and the record repeats: officer, matter and case codes, aliases (HZ-47.2).
 */
export function holdsIdNumber(text: string): boolean {
  return (text.match(RUN) ?? []).some(looksLikeResident)
}

function looksLikeResident(run: string): boolean {
  const full = run.length === 15 ? from15(run) : run.toUpperCase()
  const [month, day] = [Number(full.slice(10, 12)), Number(full.slice(12, 14))]
  const dated = month >= 1 && month <= 12 && day >= 1 && day <= 31
  return PROVINCES.has(full.slice(0, 2)) && dated && isResidentNumber(full)
}
