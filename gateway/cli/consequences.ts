import type { FieldEntry } from '../catalog/catalog.ts'
import type { Change } from '../catalog/compare.ts'
import type { Grant } from '../grants/grant.ts'
import type { Matter } from '../grants/registers.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { typeOf } from '../vocabulary/coordinate.ts'

/**
 * What a change of the catalogue does to a grant or a matter that names one coordinate:
 * - `LOST`: the coordinate is gone;
 * - `SUSPENDED`: it is not shared any more (S23);
 * - `GRANT_NEEDED`: what needed no grant needs one now;
 * - `LESS`, `MORE`: it is given still, but less or more of it;
 * - `NEEDLESS`: what needed a grant needs none now;
 * - `HOLDS`: nothing changes for it.
 */
export type Outcome = 'LOST' | 'SUSPENDED' | 'GRANT_NEEDED' | 'LESS' | 'MORE' | 'NEEDLESS' | 'HOLDS'

/** Heaviest first: several changes of one coordinate are told by the heaviest. */
const WEIGHT: readonly Outcome[] = ['LOST', 'SUSPENDED', 'GRANT_NEEDED', 'LESS', 'MORE', 'NEEDLESS', 'HOLDS']

/** One grant or matter that names a coordinate that changes. */
export interface Consequence {
  readonly kind: 'GRANT' | 'MATTER'
  /** Number of the grant, or code of the matter. */
  readonly id: string
  /** Whose it is: the consuming department. */
  readonly department: string
  readonly coordinate: Coordinate
  readonly outcome: Outcome
  /** The facts that change, e.g. `removed`, `class`. */
  readonly because: readonly string[]
}

/** Joins changes with the grants and matters that name an affected coordinate; in the order given, coordinates by name. */
export function consequencesOf(
  changes: readonly Change[],
  grants: readonly Grant[],
  matters: readonly Matter[],
): readonly Consequence[] {
  return [
    ...grants.flatMap((grant) =>
      join('GRANT', grant.id, grant.consumer, [...grant.fields.keys(), ...grant.parameters.keys()], changes),
    ),
    ...matters.flatMap((matter) => join('MATTER', matter.code, matter.department, [...matter.fields.keys()], changes)),
  ]
}

function join(
  kind: Consequence['kind'],
  id: string,
  department: string,
  named: readonly Coordinate[],
  changes: readonly Change[],
): Consequence[] {
  return [...new Set(named)].toSorted().flatMap((coordinate) => {
    const own = changes.filter((change) => affects(change, coordinate))
    if (own.length === 0) return []
    const outcomes = own.map(outcomeOf).toSorted((a, b) => WEIGHT.indexOf(a) - WEIGHT.indexOf(b))
    const outcome = outcomes[0] ?? 'HOLDS'
    return [{ kind, id, department, coordinate, outcome, because: own.map(({ aspect }) => aspect) }]
  })
}

/** A resource's own facts reach its fields only where they alter what may be learned. */
function affects({ kind, at, before, after, effect }: Change, coordinate: Coordinate): boolean {
  switch (kind) {
    case 'FIELD':
      return at === coordinate
    case 'RESOURCE':
      return effect !== 'NEUTRAL' && at === typeOf(coordinate)
    case 'ARGUMENT':
      return before === coordinate || after === coordinate
  }
}

function outcomeOf({ kind, aspect, before, after, effect }: Change): Outcome {
  if (kind === 'FIELD' && aspect === 'removed') return 'LOST'
  if (kind === 'FIELD' && aspect === 'class')
    return classOutcome(before as FieldEntry['class'], after as FieldEntry['class'])
  switch (effect) {
    case 'NARROWER':
      return 'LESS'
    case 'WIDER':
      return 'MORE'
    case 'NEUTRAL':
      return 'HOLDS'
  }
}

function classOutcome(before: FieldEntry['class'], after: FieldEntry['class']): Outcome {
  if (after === 'NOT_SHARED') return 'SUSPENDED'
  if (after === 'UNCONDITIONAL') return 'NEEDLESS'
  return before === 'UNCONDITIONAL' ? 'GRANT_NEEDED' : 'MORE'
}

/** What happens, for the terminal. */
export function outcomeText({ kind, outcome }: Consequence): string {
  const grant = kind === 'GRANT'
  switch (outcome) {
    case 'LOST':
      return grant ? 'is removed: the grant gives it no more' : 'is removed: the matter must do without it'
    case 'SUSPENDED':
      return grant ? 'is not shared any more: the grant is suspended for it' : 'is not shared any more'
    case 'GRANT_NEEDED':
      return grant ? 'is conditional now, and rests on this grant' : 'is conditional now: the department needs a grant'
    case 'LESS':
      return 'holds, and gives less'
    case 'MORE':
      return 'holds, and gives more'
    case 'NEEDLESS':
      return grant ? 'is unconditional now: the grant is not needed for it' : 'is unconditional now'
    case 'HOLDS':
      return 'holds'
  }
}
