import type { FetchKeeping } from '../compile/plan.ts'
import type { SubgraphAsk } from '../execute/subgraph-client.ts'
import { isSubjectType, SUBJECT_KEYS } from '../vocabulary/subject-types.ts'
import type { CacheKeys } from './names.ts'
import { ALL, OTHERS, scopeName } from './port.ts'
import type { EpochView } from './port.ts'

/** Changed whenever what a name or an entry holds changes its meaning: what was kept before is then not found. */
const FORMAT = 1

/** A representation, as the walk over the plan made it. */
export type Representation = Readonly<Record<string, unknown>>

/** What is asked, and for whom. */
export interface Naming {
  readonly department: string
  readonly request: SubgraphAsk
  readonly keep: FetchKeeping
  readonly consumer: string
  /** Sharing regulation in force. */
  readonly regime: string
}

/**
 * Gives each representation its name: everything that the answer depends on, and nothing of any decision (wall 15). In
 * two steps, so that what all representations of a fetch have in common is hashed once.
 */
export function createNames(keys: CacheKeys, view: EpochView, naming: Naming): (one: Representation) => string {
  const common = keys.name(commonText(view, naming))
  return (representation) =>
    keys.name(`${common}\n${subjectEpoch(keys, view, representation)}\n${JSON.stringify(representation)}`)
}

/** As a JSON list: no two different lists of parts have the same bytes. */
function commonText(view: EpochView, { department, request, keep, consumer, regime }: Naming): string {
  const { representations: _, ...others } = request.variables
  return JSON.stringify([
    FORMAT,
    regime,
    keep.catalog,
    epochsOf(view, department, keep),
    keep.personal ? consumer : null,
    department,
    request.query,
    others,
  ])
}

/** The epochs that the whole fetch hangs on, as one text. */
export function epochsOf({ values }: EpochView, department: string, keep: FetchKeeping): string {
  const names = [ALL, scopeName('department', department), ...keep.resources.map((code) => scopeName('resource', code))]
  if (keep.others) names.push(OTHERS)
  return names.map((name) => values.get(name) ?? '').join(' ')
}

/** Of whom it is an entity; of one whose entity it is not known to be, any invalidation of a subject might be meant. */
function subjectEpoch(keys: CacheKeys, { values, subjects }: EpochView, representation: Representation): string {
  const subject = subjectOf(representation)
  // What concerns a firm may be withdrawn under the credit code that its registration number became (HZ-15.2).
  if (subject === null || subject[0] === 'REGISTRATION_NUMBER') return values.get(OTHERS) ?? ''
  return subjects.size === 0 ? '' : (subjects.get(keys.subject(...subject)) ?? '')
}

function subjectOf(representation: Representation): readonly [type: string, number: string] | null {
  const named = representation['__typename']
  const known = typeof named === 'string' && isSubjectType(named) ? SUBJECT_KEYS[named] : []
  const [type, number] = known.map((name) => representation[name])
  return typeof type === 'string' && typeof number === 'string' ? [type, number] : null
}
