import type { AuditDatum } from '../audit/record.ts'
import { BUILTIN } from '../builtin/subgraph.ts'
import type { FieldEntry } from '../catalog/catalog.ts'
import type { CompiledOperation, Use } from '../compile/compiled-operation.ts'
import type { RejectedArgument } from '../compile/parameters.ts'
import { fetchesOf } from '../compile/plan.ts'
import type { AnsweredOperation } from './exchange.ts'
import { once } from './once.ts'

type Fields = AnsweredOperation['fields']

/** The record's data content (数据内容, ZS-6.03): each coordinate once, with what was decided and who would answer it. */
export function dataOf(operation: AnsweredOperation): readonly AuditDatum[] {
  const { refused, fields } = operation
  const data = dataOfActive(operation)
  if (refused === null || refused.length === 0) return data
  return [...data, ...refused.map((one) => rejectedDatum(one, fields))].filter(firstOfItsKind())
}

/** The same few frozen lists are recorded all day: a list belongs to one compiled operation, and that to one catalogue. */
const known = new WeakMap<readonly Use[], readonly AuditDatum[]>()

function dataOfActive({ active, compiled, fields }: AnsweredOperation): readonly AuditDatum[] {
  const before = known.get(active)
  if (before) return before
  const asked = departmentsAsked(compiled)
  const data = Object.freeze(active.filter(firstOfItsKind()).map((use) => datum(use, fields, asked)))
  if (Object.isFrozen(active)) known.set(active, data)
  return data
}

function datum({ coordinate, decision }: Use, fields: Fields, asked: ReadonlySet<string>): AuditDatum {
  const { approval } = decision.kind === 'MASK' ? decision : {}
  return {
    coordinate,
    decision: decision.kind,
    ...providers(fields, coordinate, asked),
    ...(decision.kind === 'DENY' || decision.kind === 'VERIFY_ONLY' ? { code: decision.code } : {}),
    clause: decision.clause,
    ...(decision.grant === null ? {} : { grant: decision.grant }),
    ...(decision.kind === 'MASK' ? { rule: decision.rule } : {}),
    ...(approval === undefined ? {} : { approval }),
  }
}

/** An argument is named by its place or by what it filters by, never by its value (INV-6, NT-18.1). */
function rejectedDatum({ coordinate, code, clause, grant }: RejectedArgument, fields: Fields): AuditDatum {
  return {
    coordinate,
    decision: 'DENY',
    ...providers(fields, coordinate, NOBODY),
    code,
    ...(clause === null ? {} : { clause }),
    ...(grant === null ? {} : { grant }),
  }
}

const NOBODY: ReadonlySet<string> = new Set()

/**
 * The departments that would answer a coordinate: of those that serve it, the ones that the operation asks anyway, where
 * there are any; a key that every register holds is not everybody's data.
 */
export function providersOf(fields: Fields, coordinate: string, asked: ReadonlySet<string>): readonly string[] {
  const serving = (byName(fields).get(coordinate)?.providers ?? []).filter((one) => one !== BUILTIN)
  const both = serving.filter((one) => asked.has(one))
  return both.length > 0 ? both : serving
}

function providers(fields: Fields, coordinate: string, asked: ReadonlySet<string>): Pick<AuditDatum, 'providers'> {
  const found = providersOf(fields, coordinate, asked)
  return found.length === 0 ? {} : { providers: found }
}

/** Rejected arguments are named by places that may be no coordinate. */
function byName(fields: Fields): ReadonlyMap<string, Pick<FieldEntry, 'providers'>> {
  return fields
}

/** Who is asked for anything by the plan of an operation. */
export const departmentsAsked = once(
  ({ plan }: CompiledOperation): ReadonlySet<string> =>
    new Set([...fetchesOf(plan)].map(({ department }) => department)),
)

/** A coordinate selected at several places is one datum. */
function firstOfItsKind(): (one: { readonly coordinate: string }) => boolean {
  const seen = new Set<string>()
  return ({ coordinate }) => !seen.has(coordinate) && Boolean(seen.add(coordinate))
}
