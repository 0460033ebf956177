import type { FieldEntry } from '../catalog/catalog.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { coordinate, fieldOf, typeOf } from '../vocabulary/coordinate.ts'
import type { Decision, MaskRule } from '../vocabulary/decision.ts'
import { decidedBy, stricter } from '../vocabulary/decision.ts'
import { deny } from './decide.ts'

type Decisions = ReadonlyMap<Coordinate, Decision>

/** What a field's decision owes to other fields (design, walls 7 and 8). */
export interface Entailment {
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  /** Interface name → its implementations, for `@interfaceObject`. */
  readonly implementations: ReadonlyMap<string, readonly string[]>
}

/**
 * Tightens decisions until nothing changes: a value takes the strictest decision of the identifiers that it
 * contains; a reference is crossed only with the clear identifier that it follows; a value computed from fields
 * that are not clear is refused, unless declassified, or unless it tells of one of them only what a verification would
 * (ZS-3.06, docs/decisions/0019); a field added to an interface takes the strictest of its types, since the department
 * that serves it does not know the type. A coordinate without a decision opens nothing. Decisions
 * only ever get stricter, so the loop ends.
 */
export function entail(first: Decisions, entailment: Entailment): Decisions {
  let current = new Map(first)
  for (let changed = true; changed;) {
    changed = false
    const next = new Map(current)
    for (const [at, decision] of current) {
      const tightened = tighten(at, decision, current, entailment)
      if (same(tightened, decision)) continue
      next.set(at, tightened)
      changed = true
    }
    current = next
  }
  return current
}

function tighten(at: Coordinate, decision: Decision, all: Decisions, entailment: Entailment): Decision {
  const entry = entailment.fields.get(at)
  if (!entry) return decision
  let result = decision
  const owe = (by: Coordinate, rule: typeof contain): void => {
    const taken = rule(result, all.get(by))
    if (!same(taken, result)) result = because(taken, at, result.kind === taken.kind ? null : by, all)
  }
  for (const embedded of entry.embeds) owe(embedded, contain)
  if (entry.follows) owe(entry.follows, onlyWithClear)
  if (!entry.declassified) for (const required of entry.requires) owe(required, onlyWithClear)
  for (const { coordinate: compared, crossed } of entry.reconciled?.compares ?? []) {
    owe(compared, onlyWithVerifiable)
    // Whoever reads a value knows of its record; of one that is only verified it has to be known otherwise.
    if (all.get(compared)?.kind === 'VERIFY_ONLY') for (const record of crossed) owe(record, onlyWithClear)
  }
  if (entry.onInterface) for (const twin of twins(at, entailment)) owe(twin, contain)
  return result
}

/**
 * Names whose decision was taken over: the last in a row of fields that owe theirs to each other, since that one has to
 * be opened. Of two masks neither took the other's place.
 */
function because(taken: Decision, at: Coordinate, by: Coordinate | null, all: Decisions): Decision {
  if (taken.kind === 'ALLOW' || by === null) return taken
  const other = all.get(by)
  const last = (other && decidedBy(other)) ?? by
  const { because: _, ...own } = taken
  return last === at ? own : { ...own, because: last }
}

/** The strictest decision and mask of two values of which one tells the other. */
function contain(outer: Decision, inner: Decision | undefined): Decision {
  if (!inner) return unclassified(outer)
  const worst = stricter(outer, inner)
  if (worst.kind !== 'MASK') return worst
  return { ...worst, rule: strictestMask(outer, inner) }
}

/** A clear identifier asks for nothing; two different rules show different parts, and only hiding all is stricter. */
function strictestMask(outer: Decision, inner: Decision): MaskRule {
  if (outer.kind !== 'MASK') return inner.kind === 'MASK' && inner.rule === 'M-NULL' ? 'M-NULL' : 'M-ALL'
  if (inner.kind !== 'MASK' || inner.rule === outer.rule || outer.rule === 'M-NULL') return outer.rule
  return inner.rule === 'M-NULL' ? 'M-NULL' : 'M-ALL'
}

/** Refused unless the other field is clear; the reason is the other field's. */
function onlyWithClear(decision: Decision, other: Decision | undefined): Decision {
  if (decision.kind === 'DENY') return decision
  if (!other) return unclassified(decision)
  if (other.kind === 'ALLOW') return decision
  if (other.kind === 'DENY') return other
  const code = other.kind === 'VERIFY_ONLY' ? 'VERIFY_ONLY' : 'NO_GRANT'
  return deny(code, other.clause, other.grant)
}

/** Refused unless the other field is clear or open to verification, as an outcome of one (ZS-4.09); masked is neither. */
function onlyWithVerifiable(decision: Decision, other: Decision | undefined): Decision {
  return other?.kind === 'VERIFY_ONLY' ? decision : onlyWithClear(decision, other)
}

function unclassified(decision: Decision): Decision {
  return decision.kind === 'DENY' ? decision : deny('CLASS_MISSING', decision.clause, null)
}

/** The same field on every other type of an interface that a department has extended with it. */
function twins(at: Coordinate, { fields, implementations }: Entailment): Coordinate[] {
  const [type, field] = [typeOf(at), fieldOf(at)]
  const families = [...implementations].filter(
    ([name, types]) => name === type || (types.includes(type) && fields.get(coordinate(name, field))?.onInterface),
  )
  const types = families.flatMap(([, members]) => members).filter((one) => one !== type)
  return types.map((one) => coordinate(one, field))
}

/** Coordinates on whose decisions that of another one rests: what it contains, follows, is computed from, or stands beside. */
export function restsOn(at: Coordinate, entailment: Entailment): readonly Coordinate[] {
  const entry = entailment.fields.get(at)
  if (!entry) return []
  return [
    ...entry.embeds,
    ...(entry.follows ? [entry.follows] : []),
    ...(entry.declassified ? [] : entry.requires),
    ...(entry.reconciled?.compares ?? []).flatMap((one) => [one.coordinate, ...one.crossed]),
    ...(entry.onInterface ? twins(at, entailment) : []),
  ]
}

function same(a: Decision, b: Decision): boolean {
  return a.kind === b.kind && (a.kind !== 'MASK' || b.kind !== 'MASK' || a.rule === b.rule)
}
