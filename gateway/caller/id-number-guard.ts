/**
 * Keeps citizens' numbers out of texts that end up in logs and in the audit record (HZ-47.2):
 * officer numbers, matter and case codes are sent by others and are recorded as sent.
 */
const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(' '),
)
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const
const RUN = /(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{15})(?![0-9Xx])/g

function isMonthAndDay(text: string): boolean {
  const month = Number(text.slice(0, 2))
  const day = Number(text.slice(2, 4))
  return month >= 1 && month <= 12 && day >= 1 && day <= 31
}

/** ISO 7064 MOD 11-2 over the first 17 digits (GB 11643-1999). */
function checkCharacter(number: string): string {
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0)
  return '10X98765432'.charAt(sum % 11)
}

function isIdNumber(run: string): boolean {
  if (!PROVINCES.has(run.slice(0, 2))) return false
  // An old number has a two-digit year and no check character.
  if (run.length === 15) return isMonthAndDay(run.slice(8, 12))
  return isMonthAndDay(run.slice(10, 14)) && checkCharacter(run) === run.charAt(17).toUpperCase()
}

/** Whether a text holds a well-formed resident ID number, of 18 or of 15 digits. */
export function holdsIdNumber(text: string): boolean {
  return (text.match(RUN) ?? []).some(isIdNumber)
}
