/** Unified social credit codes (统一社会信用代码), GB 32100-2015: 17 characters and an ISO 7064 MOD 31-3 check character. */

/** Digits and capitals without I, O, S, V, Z; the place of a character is its value. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const SHAPE = /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/

/** The check character of the first 17; null where one of them is not of the alphabet. */
export function usccCheck(first17: string): string | null {
  if (first17.length !== 17) return null
  let [sum, weight] = [0, 1]
  for (const character of first17) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) return null
    sum += value * weight
    weight = (weight * 3) % 31
  }
  return ALPHABET.charAt((31 - (sum % 31)) % 31)
}

/** Whether a text is a well-formed code: alphabet, digits of the division, and the right check character. */
export function isUscc(text: string): boolean {
  return SHAPE.test(text) && usccCheck(text.slice(0, 17)) === text[17]
}

/** One form for each identifier of an organisation: half width, no blanks, capitals. */
export function canonicalIdentifier(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase()
}

/** A credit code in its one form, or null where it is none: its check character tells. */
export function canonicalUscc(text: string): string | null {
  const code = canonicalIdentifier(text)
  return isUscc(code) ? code : null
}
