import { generate } from '../../city/generate.ts'
import type { Canary } from './canary-forms.ts'
import { scanForCanaries } from './canaries.ts'

/** The city of the test gateways. */
export const CITY = { people: 60, seed: 7 } as const

/** Names and numbers of everybody in the city: none may be seen outside of the departments' own data. */
const CITY_CANARIES: readonly Canary[] = [...generate(CITY)].flatMap(({ name, document, disability }) => [
  // Two characters are found by chance.
  ...(name.length > 2 ? [{ name: 'name', value: name }] : []),
  { name: 'number', value: document.idDocumentNumber },
  ...(disability ? [{ name: 'certificate', value: disability.certificateNumber }] : []),
])

/** Where a value of the city, or a further one, stands in a folder; empty where nowhere. */
export async function leaksIn(directory: string, further: readonly string[] = []): Promise<readonly string[]> {
  const planted = further.map((value, index) => ({ name: `planted ${index + 1}`, value }))
  const findings = await scanForCanaries([directory], [...CITY_CANARIES, ...planted])
  return findings.map(({ file, canary, encoding }) => `${file}: ${canary} as ${encoding}`)
}
