import type { AuditRecord } from '../../audit/record.ts'
import type { ReportNames } from './names.ts'
import { comparedOf, providersOf, wasTold } from './records.ts'

/** What became of an item of data in one operation. */
export type UseKind = 'GIVEN' | 'MASKED' | 'MATCH' | 'NO_MATCH' | 'NO_RECORD' | 'REFUSED'

/** Given, in clear or masked. */
export const GIVEN_KINDS: readonly UseKind[] = ['GIVEN', 'MASKED']
/** Compared, with whatever outcome. */
export const COMPARED_KINDS: readonly UseKind[] = ['MATCH', 'NO_MATCH', 'NO_RECORD']

/** One item of data in one record. */
export interface Use {
  readonly kind: UseKind
  readonly coordinate: string
  readonly providers: readonly string[]
  /** Why it was refused. */
  readonly code: string | null
  readonly grant: string | null
}

/** What a record tells of items of data; what was asked for and no source answered is none. */
export function usesIn(record: AuditRecord, names: ReportNames): readonly Use[] {
  return record.method === 'verify' ? comparedUses(record, names) : toldUses(record, names)
}

function comparedUses(record: AuditRecord, names: ReportNames): readonly Use[] {
  return comparedOf(record).flatMap(({ coordinate, outcome, code }): readonly Use[] => {
    if (coordinate === null) return []
    const datum = record.data.find((one) => one.coordinate === coordinate)
    const providers = datum ? providersOf(datum, names) : names.field(coordinate).providers
    const kind = outcome ?? 'REFUSED'
    return [{ kind, coordinate, providers, code: outcome === null ? code : null, grant: datum?.grant ?? null }]
  })
}

function toldUses(record: AuditRecord, names: ReportNames): readonly Use[] {
  return record.data.flatMap((datum): readonly Use[] => {
    const { coordinate, decision, code = decision, grant = null } = datum
    const providers = providersOf(datum, names)
    if (decision === 'DENY' || decision === 'VERIFY_ONLY')
      return [{ kind: 'REFUSED', coordinate, providers, code, grant }]
    if (!names.field(coordinate).tells || !wasTold(record, datum, names)) return []
    return [{ kind: decision === 'MASK' ? 'MASKED' : 'GIVEN', coordinate, providers, code: null, grant }]
  })
}
