import { describe, expect, test } from 'vitest'
import { subjectPseudonym } from '../../../gateway/audit/pseudonym.ts'
import { createGrantIndex } from '../../../gateway/grants/grant.ts'
import { checkRecordSize } from '../../../gateway/request/record-size.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { prepare } from '../../kit/federation-ask.ts'
import { federate, viewWith } from '../../kit/federation.ts'

const CITY = federate([
  {
    name: 'registers',
    sdl: `
      type Query { person(idDocumentNumber: String): Person births: [Birth!] }
      type Birth { mother: Person }
      type Person @key(fields: "idDocumentType idDocumentNumber") {
        idDocumentType: String! idDocumentNumber: String! name: String
      }`,
  },
])

/** The shortest record that an operation is admitted under, where it may concern so many persons and firms. */
async function needed(query: string, most: number, asked = 1): Promise<number> {
  const { normalised } = prepare(CITY.schema, query)
  const compiled = await CITY.generation.compiledFor(viewWith(CITY), normalised)
  const operation = {
    compiled,
    hash: normalised.hash,
    introspectionOnly: false,
    active: compiled.uses,
    subjects: Array.from({ length: asked }, (_, at) => ({ type: 'PASSPORT', number: `E000000${at}` })),
    arguments: new Map<string, unknown>(),
    generation: 1,
    catalogVersion: '1',
    fields: CITY.generation.fields,
    grants: createGrantIndex(1, []),
  }
  const admits = (limit: number): boolean => {
    try {
      checkRecordSize(operation, limit, most)
      return true
    } catch (error) {
      if (error instanceof Failure && error.code === 'LIMIT_EXCEEDED') return false
      throw error
    }
  }
  let [low, high] = [0, 1_048_576]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (admits(middle)) high = middle
    else low = middle + 1
  }
  return low
}

describe('room in a record', () => {
  const LIST = '{ births { mother { name } } }'
  const LOOKUP = '{ person(idDocumentNumber: "x") { name } }'

  test('is set aside for everybody whom an answer may reach, in full', async () => {
    const people = Array.from({ length: 100 }, (_, at) => subjectPseudonym(new Uint8Array(32), 'PASSPORT', `E${at}`))
    const grown = (await needed(LIST, 101)) - (await needed(LIST, 1))
    expect(grown).toBeGreaterThanOrEqual(JSON.stringify(people).length)
  })

  test('is that of those asked about where nobody else can be reached', async () => {
    expect(await needed(LOOKUP, 500)).toBe(await needed(LOOKUP, 1))
    expect(await needed(LOOKUP, 500, 5)).toBeGreaterThan(await needed(LOOKUP, 500))
  })

  test('suffices for the widest bound that may be configured', async () => {
    expect(await needed(LIST, 500)).toBeLessThan(64 * 1_024)
  })
})
