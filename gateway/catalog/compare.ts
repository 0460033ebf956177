import { isDeepStrictEqual } from 'node:util'
import type { MaskRule } from '../vocabulary/decision.ts'
import type { Catalog, FieldEntry, ResourceEntry } from './catalog.ts'
import { LEVELS, SHARING_CLASSES } from './catalog.ts'
import { bySize, holdsBack, members, neutral, opens, restricts, towards } from './change.ts'
import type { Effect, Judge } from './change.ts'
import type { Shapes } from './shapes.ts'

/** One difference between two catalogues. */
export interface Change {
  readonly kind: 'FIELD' | 'RESOURCE' | 'ARGUMENT'
  /** `Type.field`, `Type`, or `Type.field(argument:)` and `Input.field`. */
  readonly at: string
  /** `added`, `removed`, or the fact that differs, by its name in the catalogue. */
  readonly aspect: string
  readonly before: unknown
  readonly after: unknown
  readonly effect: Effect
}

/** Facts of an entry and how a change of each is judged; null for what is told by others. */
type Judges<T> = { readonly [K in keyof T]: Judge<T[K]> | null }

const FIELD: Judges<FieldEntry> = {
  coordinate: null,
  kind: neutral,
  provider: neutral,
  providers: ownerEffect,
  resource: neutral,
  class: towards(...SHARING_CLASSES),
  level: towards(...LEVELS),
  item: neutral,
  title: neutral,
  basis: neutral,
  grounds: neutral,
  reasons: neutral,
  conditions: restricts,
  subMode: (before, after) => bySize(modeStrictness(after) - modeStrictness(before)),
  scope: scopeEffect,
  verifyOnly: restricts,
  mask: maskEffect,
  maskApproval: opens,
  maskProhibited: restricts,
  verify: verifyEffect,
  embeds: members,
  quasiIdentifier: holdsBack,
  emergencyExcluded: restricts,
  authoritativeFor: neutral,
  follows: holdsBack,
  requires: members,
  declassified: opens,
  onInterface: restricts,
  reconciled: neutral,
}

const RESOURCE: Judges<ResourceEntry> = {
  type: null,
  code: neutral,
  title: neutral,
  department: neutral,
  updateCycle: neutral,
  format: neutral,
  contact: neutral,
  base: neutral,
  themes: neutral,
  content: neutral,
  form: neutral,
  mode: neutral,
  use: neutral,
  sample: neutral,
  system: neutral,
  location: neutral,
  sharingPeriod: neutral,
  openness: neutral,
  openMode: neutral,
  published: neutral,
  standard: neutral,
  authorisationMode: authoriserEffect,
  parameterControl: restricts,
  urgent: neutral,
  secrecyReview: neutral,
  secret: restricts,
  varies: neutral,
  proposed: neutral,
}

/**
 * What a change of the catalogue does, each difference judged: WIDER where more may be learned, and wherever that cannot
 * be ruled out; NARROWER where less; NEUTRAL where it makes no difference to that.
 *
 * @param shapes the types of fields and arguments on both sides, where the supergraphs are at hand
 * @returns in the order of fields, resources, arguments, each by name
 */
export function compareCatalogs(
  before: Catalog,
  after: Catalog,
  shapes: Sides<Shapes> | null = null,
): readonly Change[] {
  return [
    ...compareEntries(
      'FIELD',
      FIELD,
      { before: before.fields, after: after.fields },
      (one) => one.coordinate,
      isShared,
    ),
    ...compareEntries(
      'RESOURCE',
      RESOURCE,
      { before: before.resources, after: after.resources },
      (one) => one.type,
      () => false,
    ),
    ...compareFilters(before.filters, after.filters, shapes),
    ...(shapes ? compareShapes(shapes, { ...before.filters, ...after.filters }) : []),
  ]
}

/** The same thing before a change and after it. */
export interface Sides<T> {
  readonly before: T
  readonly after: T
}

/** What is not shared is no more to learn when it comes, and no less when it goes. */
function isShared(entry: FieldEntry): boolean {
  return entry.class !== 'NOT_SHARED'
}

function compareEntries<T extends object>(
  kind: Change['kind'],
  judges: Judges<T>,
  sides: Sides<readonly T[]>,
  nameOf: (entry: T) => string,
  learnable: (entry: T) => boolean,
): Change[] {
  const [before, after] = [byName(sides.before, nameOf), byName(sides.after, nameOf)]
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((at): Change[] => {
    const [old, now] = [before.get(at), after.get(at)]
    if (old && now) return compareFacts(kind, judges, at, old, now)
    const entry = old ?? now
    const effect = entry === undefined || !learnable(entry) ? 'NEUTRAL' : old ? 'NARROWER' : 'WIDER'
    return [{ kind, at, aspect: old ? 'removed' : 'added', before: null, after: null, effect }]
  })
}

function byName<T>(entries: readonly T[], nameOf: (entry: T) => string): ReadonlyMap<string, T> {
  return new Map(entries.map((entry) => [nameOf(entry), entry]))
}

function compareFacts<T extends object>(kind: Change['kind'], judges: Judges<T>, at: string, old: T, now: T): Change[] {
  // The judges have every fact of an entry by its type, so none can be forgotten here.
  return (Object.keys(judges) as (keyof T & string)[]).flatMap((aspect): Change[] => {
    const judge = judges[aspect]
    const [before, after] = [old[aspect], now[aspect]]
    // A catalogue of an older gateway may not have the fact at all: then nothing is known of a change.
    if (judge === null || before === undefined || isDeepStrictEqual(before, after)) return []
    return [{ kind, at, aspect, before, after, effect: judge(before, after) }]
  })
}

/** What a mode of conditional sharing leaves: all of it to some, a masked value, or a comparison alone (NT-8.1). */
function modeStrictness(mode: FieldEntry['subMode']): number {
  return mode === 'COMPARE' ? 2 : mode === 'MASKED' ? 1 : 0
}

/** Without a list any department may have it. */
function scopeEffect(before: FieldEntry['scope'], after: FieldEntry['scope']): Effect {
  if (before === null) return 'NARROWER'
  return after === null ? 'WIDER' : members(after, before)
}

/** One's own needs nobody's consent, and one's own is what one alone serves. */
function ownerEffect(before: FieldEntry['providers'], after: FieldEntry['providers']): Effect {
  const owner = (providers: FieldEntry['providers']): string | null =>
    providers.length === 1 ? (providers[0] ?? null) : null
  return holdsBack(owner(after), owner(before))
}

/** With the platform there is one more that may consent (NT-18.1); every other mode leaves the provider alone. */
function authoriserEffect(
  before: ResourceEntry['authorisationMode'],
  after: ResourceEntry['authorisationMode'],
): Effect {
  return opens(before === 'PLATFORM', after === 'PLATFORM')
}

/** M-NONE shows all; M-ALL and M-NULL show nothing; without a rule no masked value can be given on its own (ZJ-22.3). */
export function maskEffect(before: MaskRule | null, after: MaskRule | null): Effect {
  const stricter = maskStrictness(after) - maskStrictness(before)
  // Two rules that each show a part show different parts.
  return stricter === 0 ? 'WIDER' : bySize(stricter)
}

function maskStrictness(rule: MaskRule | null): number {
  if (rule === null) return 5
  const known: Partial<Record<MaskRule, number>> = { 'M-NONE': 0, 'M-IDNO-2': 2, 'M-ALL': 3, 'M-NULL': 4 }
  return known[rule] ?? 1
}

function verifyEffect(before: FieldEntry['verify'], after: FieldEntry['verify']): Effect {
  if (before === null) return 'WIDER'
  return after === null ? 'NARROWER' : restricts(before.lowEntropy, after.lowEntropy)
}

type Filters = Catalog['filters']

function compareFilters(before: Filters, after: Filters, shapes: Sides<Shapes> | null): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted().flatMap((at): Change[] => {
    const [old, now] = [before[at] ?? null, after[at] ?? null]
    if (old === now) return []
    const effect = now === null ? lostFilter(at, shapes) : 'WIDER'
    return [{ kind: 'ARGUMENT', at, aspect: 'filters', before: old, after: now, effect }]
  })
}

/** An argument that is gone asks for less; one that stays and no longer says what it filters by, filters in silence. */
function lostFilter(at: string, shapes: Sides<Shapes> | null): Effect {
  return shapes !== null && !shapes.after.has(at) ? 'NARROWER' : 'WIDER'
}

/** Types of fields and arguments, and arguments that are no filters; what filters is told already. */
function compareShapes({ before, after }: Sides<Shapes>, filters: Filters): Change[] {
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((at): Change[] => {
    const [old, now] = [before.get(at) ?? null, after.get(at) ?? null]
    const shape = old ?? now
    if (shape === null || (old && now && old.type === now.type)) return []
    const kind = shape.kind
    if (old && now) return [{ kind, at, aspect: 'type', before: old.type, after: now.type, effect: 'NEUTRAL' }]
    if (kind === 'FIELD' || at in filters) return []
    const aspect = old ? 'removed' : 'added'
    return [{ kind, at, aspect, before: old?.type ?? null, after: now?.type ?? null, effect: 'NEUTRAL' }]
  })
}
