import type { Caller } from '../caller/caller.ts'
import type { CompiledOperation } from '../compile/compiled-operation.ts'
import { isCounting, tablesOf } from '../compile/statistics.ts'
import type { CountedTable } from '../compile/statistics.ts'
import type { TablesExceeded } from '../limits/statistics.ts'
import { TABLE_DAYS } from '../limits/statistics.ts'
import type { RecordPlace } from '../project/project.ts'
import type { Text } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'
import { MOST_DIMENSIONS } from '../vocabulary/statistics.ts'
import type { AnsweredOperation } from './exchange.ts'
import type { House } from './house.ts'

/**
 * Counts the tables that an operation asks for before any department counts for them: an officer and a department have so
 * many of each register (ZS-4.01(3), FS-27).
 *
 * @returns why it is refused: LIMIT_EXCEEDED, RATE_LIMIT; null where it is not
 * @throws Failure BAD_USER_INPUT
 */
export async function refusedTables(
  house: Pick<House, 'statistics' | 'regime'>,
  { caller }: { readonly caller: Pick<Caller, 'department' | 'officer'> | null },
  { compiled }: Pick<AnsweredOperation, 'compiled'>,
  variables: Readonly<Record<string, unknown>>,
): Promise<Failure | null> {
  const tables = tablesOf(compiled, variables)
  if (tables.length === 0) return null
  if (caller === null) throw new Error('an operation without a caller')
  const wide = tables.find(({ dimensions }) => dimensions.length > MOST_DIMENSIONS)
  if (wide) return new Failure('LIMIT_EXCEEDED', { detail: tooWide(wide) })
  const exceeded = await house.statistics.spend(caller, tables)
  if (exceeded === null) return null
  const { clause } = house.regime.parameters['access.minimalFields']
  return new Failure('RATE_LIMIT', { clause, detail: tooMany(exceeded) })
}

/** The tables of an answer, each with the number of its groups; what they count is told to nobody but the caller. */
export function countedTables(
  compiled: CompiledOperation,
  variables: Readonly<Record<string, unknown>>,
  records: readonly RecordPlace[],
): Pick<AnsweredOperation, 'counted'> {
  const counted = tablesOf(compiled, variables).map((table) => {
    const groups = records.filter(({ path }) => path.length > 2 && path[0] === table.key)
    // Asked for under several names, the same groups stand there as often.
    const byName = [...Map.groupBy(groups, ({ path }) => path[1]).values()]
    return { ...table, groups: Math.max(0, ...byName.map((list) => list.length)) }
  })
  return counted.length === 0 ? {} : { counted }
}

/** Whether an operation asks for counts and for nothing else. */
export function isAnalysis({ compiled, active }: AnsweredOperation): boolean {
  const keys = new Set<string | undefined>(
    compiled.calls.filter((call) => isCounting(compiled, call)).map(({ key }) => key),
  )
  return active.length > 0 && active.every(({ path }) => keys.has(path[0]))
}

function tooWide({ coordinate }: CountedTable): Text {
  return {
    zh: `${coordinate} 的分组和条件合计超过 ${MOST_DIMENSIONS} 个维度`,
    en: `${coordinate} is grouped and filtered by more than ${MOST_DIMENSIONS} dimensions`,
  }
}

function tooMany({ of, kind, most }: TablesExceeded): Text {
  const who = kind === 'OFFICER' ? { zh: '本人', en: 'this officer' } : { zh: '本部门', en: 'this department' }
  return {
    zh: `${who.zh}在 ${TABLE_DAYS} 天内查询的 ${of} 统计表超过 ${most} 种`,
    en: `more than ${most} different tables of ${of} by ${who.en} in ${TABLE_DAYS} days`,
  }
}
