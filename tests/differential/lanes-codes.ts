import { ALL_CODES } from '../../gateway/vocabulary/codes.ts'
import type { Code } from '../../gateway/vocabulary/codes.ts'

/** Codes that no request of the GraphQL address can bring about on a gateway that serves, and why. */
const ELSEWHERE: Partial<Record<Code, string>> = {
  CLASS_MISSING: 'nothing is composed while a field has no class',
  NOT_FOUND: 'said of other addresses, where nothing is asked',
  NOT_READY: 'said while the keys of the identity provider have never been read: nobody is known then',
}

/** Codes that could have occurred and did not, and those that occurred though they could not. */
export function codesAmiss(occurred: Iterable<string>): readonly string[] {
  const found = new Set(occurred)
  return [
    ...ALL_CODES.filter((code) => ELSEWHERE[code] === undefined && !found.has(code)),
    ...[...found].filter((code) => Object.hasOwn(ELSEWHERE, code)).map((code) => `${code} after all`),
  ]
}
