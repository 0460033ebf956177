import type { CompiledOperation, ProjectedField } from '../compile/compiled-operation.ts'
import { included } from '../compile/compiled-operation.ts'
import type { FetchOutcome } from '../execute/execute.ts'
import { isObject, own } from '../execute/data.ts'
import type { DataObject } from '../execute/data.ts'
import { BUILTIN } from '../builtin/subgraph.ts'
import type { Exchange, RequestSubject } from './exchange.ts'
import type { Asked } from './lookups.ts'

/** Of those asked about, for whom something was found and for whom nothing at all. */
export interface Hits {
  readonly found: readonly RequestSubject[]
  readonly missed: readonly RequestSubject[]
}

/** What was fetched, before anything is shaped: a mask may hide whether there was a value. */
interface Fetched {
  readonly data: DataObject
  readonly outcomes: readonly FetchOutcome[]
}

/**
 * Whom the departments knew. A number that cannot exist is a miss (S13); where a department failed, or nobody was
 * asked, what was not found tells nothing.
 */
export function readHits(
  compiled: CompiledOperation,
  { data, outcomes }: Fetched,
  variables: Readonly<Record<string, unknown>>,
  asked: readonly Asked[],
  { signal }: Pick<Exchange, 'signal'>,
): Hits {
  const found: RequestSubject[] = []
  const missed: RequestSubject[] = []
  const silent = signal.aborted || outcomes.some(({ outcome }) => outcome !== 'ok' && outcome !== 'not-called')
  const roots = [...compiled.projection.fields.values()].flat()
  for (const { path, subject } of asked) {
    const [key, index] = path
    const root = roots.find((one) => one.key === key)
    const fields = root ? departmentFields(root, variables) : []
    if (!root || fields.length === 0) continue
    const value = own(data, root.source)
    const object = typeof index === 'number' && Array.isArray(value) ? (value as readonly unknown[])[index] : value
    if (isObject(object) && fields.some(({ source }) => holds(own(object, source)))) found.push(subject)
    else if (!silent) missed.push(subject)
  }
  return { found, missed }
}

/** What departments were asked of a subject; what the gateway answers of itself is there for any number. */
function departmentFields(
  { step }: ProjectedField,
  variables: Readonly<Record<string, unknown>>,
): readonly ProjectedField[] {
  if (step.kind !== 'object' || !included(step.shown, variables)) return []
  return [...step.selection.fields.values()]
    .flat()
    .flatMap((field) => (field.step.kind === 'reconcile' ? field.step.read : [field]))
    .filter(
      ({ provider, step: { kind }, when }) =>
        provider !== BUILTIN && kind !== 'null' && kind !== 'typename' && included(when, variables),
    )
}

/** Whether there is a record, or a value. */
function holds(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holds)
  return value !== null && value !== undefined
}
