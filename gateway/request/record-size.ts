import { Failure } from '../vocabulary/failure.ts'
import { fetchesOf } from '../compile/plan.ts'
import { isCounting } from '../compile/statistics.ts'
import type { CompiledOperation, Use } from '../compile/compiled-operation.ts'
import type { AnsweredOperation } from './exchange.ts'
import { once } from './once.ts'
import { reachesOthers } from './reached.ts'

/** Upper bounds, in bytes, of the parts of a record; names and codes of this schema are far shorter. */
const BYTES = { frame: 4_096, coordinate: 320, alias: 48, subject: 48, argument: 64, fetch: 1_024, table: 512 } as const

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
  const { compiled, active, subjects } = operation
  const { bytes, reaches } = shareOf(compiled)
  const given = [...operation.arguments.keys()].reduce((sum, name) => sum + BYTES.argument + name.length, 0)
  const size =
    bytes +
    BYTES.coordinate * coordinatesOf(active) +
    BYTES.subject * (reaches ? Math.max(most, subjects.length) : subjects.length) +
    given
  if (size > limit)
    throw new Failure('LIMIT_EXCEEDED', {
      detail: { zh: '该操作的审计记录会过长', en: 'the record of this operation would be too long' },
    })
}

const coordinatesOf = once((active: readonly Use[]): number => new Set(active.map(({ coordinate }) => coordinate)).size)

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
