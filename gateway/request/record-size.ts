import { Failure } from '../vocabulary/failure.ts'
import { fetchesOf } from '../compile/plan.ts'
import { isCounting } from '../compile/statistics.ts'
import type { CompiledOperation, Use } from '../compile/compiled-operation.ts'
import type { AnsweredOperation } from './exchange.ts'
import { once } from './once.ts'
import { reachesOthers } from './reached.ts'
import { departmentsAsked, providersOf } from './record-data.ts'

/** Upper bounds, in bytes, of the parts of a record; names and codes of this schema are far shorter. */
const BYTES = {
  frame: 4_096,
  coordinate: 320,
  provider: 3,
  approval: 640,
  alias: 48,
  subject: 48,
  neighbour: 80,
  argument: 64,
  fetch: 1_024,
  table: 512,
} as const

/**
 * Refuses an operation whose record could be longer than a record may be, before anything is fetched: an answer that
 * cannot be recorded would only be withheld afterwards (INV-7). Whom the answer will tell of is not known yet: there is
 * room for as many persons and firms as one operation may concern.
 *
 * @param most how many these are
 * @throws Failure LIMIT_EXCEEDED
 */
export function checkRecordSize(
  operation: Omit<AnsweredOperation, 'outcomes' | 'records' | 'refused'>,
  limit: number,
  most: number,
): void {
  const { compiled, subjects } = operation
  const { bytes, reaches } = shareOf(compiled)
  const given = [...operation.arguments.keys()].reduce((sum, name) => sum + BYTES.argument + name.length, 0)
  const size =
    bytes +
    contentOf(operation) +
    BYTES.subject * (reaches ? Math.max(most, subjects.length) : subjects.length) +
    BYTES.neighbour * subjects.length +
    given
  if (size > limit)
    throw new Failure('LIMIT_EXCEEDED', {
      detail: { zh: '该操作的审计记录会过长', en: 'the record of this operation would be too long' },
    })
}

/** The same few frozen lists of uses are asked for all day. */
const known = new WeakMap<readonly Use[], number>()

/** Coordinates with their departments, and the grants that may be behind them. */
function contentOf({ active, compiled, fields }: Pick<AnsweredOperation, 'active' | 'compiled' | 'fields'>): number {
  const before = known.get(active)
  if (before !== undefined) return before
  const coordinates = new Set(active.map(({ coordinate }) => coordinate))
  const grants = new Set(active.flatMap(({ decision }) => decision.grant ?? []))
  const asked = departmentsAsked(compiled)
  const providers = Array.from(coordinates, (at) => providersOf(fields, at, asked)).flat()
  const bytes =
    BYTES.coordinate * coordinates.size +
    BYTES.approval * grants.size +
    providers.reduce((sum, { length }) => sum + BYTES.provider + length, 0)
  if (Object.isFrozen(active)) known.set(active, bytes)
  return bytes
}

/** What does not depend on the request. */
const shareOf = once((compiled: CompiledOperation): { readonly bytes: number; readonly reaches: boolean } => {
  const aliases = Object.entries(compiled.aliases).reduce(
    (sum, [alias, names]) => sum + BYTES.alias + alias.length + names.join(' ').length,
    0,
  )
  const tables = compiled.calls.filter((call) => isCounting(compiled, call)).length
  const fetches = [...fetchesOf(compiled.plan)].length
  const bytes = BYTES.frame + aliases + BYTES.table * tables + BYTES.fetch * fetches
  return { bytes, reaches: reachesOthers(compiled) }
})
