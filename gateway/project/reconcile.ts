import type { AttributeSource } from '../catalog/attributes.ts'
import type { ProjectedField, ReconcileStep } from '../compile/compiled-operation.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Place, SourceCode } from './places.ts'
import { ALWAYS, noteConflict, noteFault } from './writing.ts'
import type { Source, WriteObject, WriteValue, Writing } from './writing.ts'

/** The attribute's value in the same object, and the number of its condition. */
export interface ValueBeside {
  readonly field: ProjectedField
  readonly when: number
}

/** One value that one source holds. */
interface Held {
  readonly source: AttributeSource
  readonly value: string
  readonly form: string | null
}

/** What the sources hold, and who is the authority for it; or why nothing may be said. */
type Sources =
  | { readonly kind: 'held'; readonly held: readonly Held[]; readonly authority: Coordinate | null }
  | { readonly kind: 'missing'; readonly code: SourceCode }

/**
 * Writes what is made of an attribute's sources. A source that did not answer is never passed over: the value of a later
 * authority would be a silent fall-back, and a comparison without it would look like agreement (S16, S18).
 *
 * @param inner writes the value, or the list of what the sources hold
 * @param beside the attribute's value in the same object, where a difference is noted
 */
export function reconcileWriter(
  field: ProjectedField,
  step: ReconcileStep,
  inner: WriteValue,
  beside: readonly ValueBeside[],
): WriteObject {
  const { key } = field
  const { role } = step
  const readSources = role === 'VALUE' ? readInOrder : readAll
  return (writing, source, place) => {
    const sources = readSources(writing, step, source)
    if (sources.kind === 'missing') {
      noteFault(writing, field, [place, key], sources.code)
      return null
    }
    const { held, authority } = sources
    if (role === 'VALUE') return inner(writing, valueOf(held, authority), place, key)
    const differ = conflict(held, step.open)
    if (differ) noteDifference(writing, beside, place, authority)
    return role === 'CONFLICT' ? differ : inner(writing, described(writing, held, authority), place, key)
  }
}

/** The authorities in their order, no further than the first that has a value. */
function readInOrder(writing: Writing, step: ReconcileStep, object: Source): Sources {
  for (const [source, read] of readsOf(step)) {
    const found = heldBy(writing, step, source, read, object)
    if (typeof found === 'string') return { kind: 'missing', code: found }
    if (found.length > 0) return { kind: 'held', held: found, authority: source.coordinate }
  }
  return { kind: 'held', held: [], authority: null }
}

function readAll(writing: Writing, step: ReconcileStep, object: Source): Sources {
  const held: Held[] = []
  for (const [source, read] of readsOf(step)) {
    const found = heldBy(writing, step, source, read, object)
    if (typeof found === 'string') return { kind: 'missing', code: found }
    held.push(...found)
  }
  const authority = held.find(({ source }) => source.authority)?.source.coordinate ?? null
  return { kind: 'held', held, authority }
}

function readsOf({ role, attribute, read }: ReconcileStep): readonly (readonly [AttributeSource, ProjectedField])[] {
  const sources = role === 'VALUE' ? attribute.sources.filter(({ authority }) => authority) : attribute.sources
  return sources.flatMap((source, index) => {
    const field = read[index]
    return field ? [[source, field] as const] : []
  })
}

/** The values that a source holds, each once: five enrolments with one employer say one thing. */
function heldBy(
  { reconciling, failed }: Writing,
  { attribute }: ReconcileStep,
  source: AttributeSource,
  read: ProjectedField,
  object: Source,
): readonly Held[] | SourceCode {
  const found = valuesAt(object, read, failed)
  if (typeof found === 'string') return found
  return [...new Set(found)].map((value) => ({
    source,
    value,
    form: reconciling.form(attribute, source.coordinate, value),
  }))
}

/** Values at the end of a chain of fields, through records and lists; or why one of them is not there. */
function valuesAt(object: Source, read: ProjectedField, failed: Writing['failed']): readonly string[] | SourceCode {
  const there = Object.hasOwn(object, read.source)
  const value = there ? object[read.source] : undefined
  // A key without a value is owed by a fetch that brought nothing; one that is not there was left out.
  if (value === undefined) return there ? 'SOURCE_UNAVAILABLE' : (failed.get(read.provider) ?? 'SOURCE_INVALID')
  return within(value, read, failed)
}

function within(value: unknown, read: ProjectedField, failed: Writing['failed']): readonly string[] | SourceCode {
  if (value === null) return []
  if (Array.isArray(value)) return all((value as readonly unknown[]).map((one) => within(one, read, failed)))
  const { step } = read
  if (step.kind !== 'object') return typeof value === 'string' ? [value] : 'SOURCE_INVALID'
  if (typeof value !== 'object') return value === undefined ? 'SOURCE_UNAVAILABLE' : 'SOURCE_INVALID'
  const record = value as Source
  return all([...step.selection.fields.values()].flat().map((below) => valuesAt(record, below, failed)))
}

function all(parts: readonly (readonly string[] | SourceCode)[]): readonly string[] | SourceCode {
  const values: string[] = []
  for (const one of parts) {
    if (typeof one === 'string') return one
    values.push(...one)
  }
  return values
}

/** The authority's value; where it holds several that differ, none of them is the value. */
function valueOf(held: readonly Held[], authority: Coordinate | null): string | null {
  const [first, ...others] = held.filter(({ source }) => source.coordinate === authority)
  return first && others.every(({ form }) => form !== null && form === first.form) ? first.value : null
}

/** Whether two sources say nothing in common: who works at two places is known by one of them to each insurance. */
function conflict(held: readonly Held[], open: ReadonlySet<Coordinate>): boolean {
  const said = new Map<Coordinate, Set<string>>()
  for (const { source, form } of held) {
    if (form === null) continue
    const forms = said.get(source.coordinate) ?? new Set()
    said.set(source.coordinate, forms.add(form))
  }
  const all = [...said]
  return all.some(([at, one], index) =>
    all.slice(index + 1).some(([other, set]) => (open.has(at) || open.has(other)) && one.isDisjointFrom(set)),
  )
}

/** Notes a difference where the attribute's value stands; one that nobody may settle leaves no value to be taken for it. */
function noteDifference(
  writing: Writing,
  beside: readonly ValueBeside[],
  place: Place | null,
  authority: Coordinate | null,
): void {
  for (const { field, when } of beside) {
    // The value may depend on variables where the comparison does not.
    if ((when !== ALWAYS && writing.holds[when] === false) || !noteConflict(writing, place, field.key)) continue
    if (authority === null) noteFault(writing, field, [place, field.key], 'CONFLICT_UNRESOLVED')
  }
}

/** What each source holds, under the names of the gateway's own type. */
function described({ reconciling }: Writing, held: readonly Held[], authority: Coordinate | null): readonly Source[] {
  const right = new Set(held.flatMap(({ source, form }) => (source.coordinate === authority ? [form] : [])))
  return held.map(({ source, value, form }) => ({
    source: source.department,
    sourceTitle: reconciling.titleOf(source.department),
    coordinate: source.coordinate,
    value,
    asOf: reconciling.timeOf(source.department, source.resource),
    authoritative: source.coordinate === authority,
    agrees: authority === null || form === null ? null : right.has(form),
  }))
}
