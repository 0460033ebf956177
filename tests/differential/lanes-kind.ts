import type { Random } from '../../city/random.ts'
import { askingOf } from './lanes-documents.ts'
import type { Asking, Drawing } from './lanes-documents.ts'
import type { Around, LaneRequest } from './lanes.ts'
import { AS_DESK, NUMBER, requestOf, standingOf, usualHeaders } from './lanes-world.ts'
import type { Standing } from './lanes-world.ts'

/** A request with what is in its way. */
export interface Drawn extends Pick<Around, 'trouble' | 'before'> {
  readonly request: LaneRequest
}

/** A kind of request, of which as many as are wanted can be drawn. */
export interface Kind {
  readonly name: string
  draw(random: Random, drawing: Drawing): Drawn
}

/** Documents that fit the schema, from anybody. */
export const VALID: Kind = {
  name: 'valid',
  draw: (random, drawing) => ({
    request: requestOf(standingOf(random), askingOf(random, drawing), usualHeaders(random)),
  }),
}

export const person = (fields: string, definitions = ''): string =>
  `query Q($n: IdNumber!${definitions}) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { ${fields} } }`
/** What most of the following is done to: answered by three departments. */
export const FULL = person(
  'name household { registrationStatus } socialInsurance { insuranceType employerName socialInsuranceNumber } disability { issuingAuthority issueDate }',
)
/** Of somebody whom all of them know. */
export const variables = { n: NUMBER }

/** One of several requests of the same kind, from the desk if nothing else is said. */
export function kind(
  name: string,
  bodies: readonly (object | string)[],
  standing: Standing = AS_DESK,
  more: Omit<Drawn, 'request'> = {},
): Kind {
  return {
    name,
    draw: (random) => ({ ...more, request: requestOf(standing, random.pick(bodies), usualHeaders(random)) }),
  }
}

export const queries = (...texts: readonly string[]) => texts.map((query) => ({ query, variables }))

/** A document with its variables, for what is done to bodies and headers. */
export const PLAIN: readonly Asking[] = [
  { query: FULL, variables, operationName: 'Q' },
  { query: FULL, variables },
  { query: '{ __typename }' },
]
