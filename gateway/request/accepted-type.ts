import { remember } from '../vocabulary/remember.ts'

/** Media types of an answer (GraphQL over HTTP), the one preferred at equal weight first. */
const TYPES = ['application/json', 'application/graphql-response+json'] as const
export type AnswerType = (typeof TYPES)[number]

interface Range {
  readonly type: string
  readonly weight: number
}

/** The media type that an `Accept` header asks for (RFC 9110, 12.5.1); null where it accepts none of ours. */
export function acceptedType(header: string | undefined): AnswerType | null {
  return header === undefined ? TYPES[0] : chosen(header)
}

const chosen = remember((header): AnswerType | null => {
  const ranges = header.split(',').map(readRange)
  if (ranges.every(({ type }) => type === '')) return TYPES[0]
  const weights = TYPES.map((type) => ({ type, weight: weightOf(type, ranges) }))
  const best = weights.reduce((a, b) => (b.weight > a.weight ? b : a))
  return best.weight > 0 ? best.type : null
})

function readRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.find((one) => one.startsWith('q='))?.slice(2)
  const weight = quality === undefined ? 1 : Number(quality)
  return { type, weight: weight >= 0 && weight <= 1 ? weight : 0 }
}

/** The most specific range decides. */
function weightOf(type: AnswerType, ranges: readonly Range[]): number {
  for (const wanted of [type, 'application/*', '*/*']) {
    const found = ranges.find((range) => range.type === wanted)
    if (found) return found.weight
  }
  return 0
}
