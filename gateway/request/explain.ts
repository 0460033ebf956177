import type { Caller } from '../caller/caller.ts'
import { indexResources } from '../catalog/catalog.ts'
import type { CompiledOperation, Use, UseWhen } from '../compile/compiled-operation.ts'
import type { Generation } from '../compile/generation.ts'
import { checkLimits, measureDocument } from '../compile/limits.ts'
import { normalise } from '../compile/normalise.ts'
import type { GrantIndex } from '../grants/grant.ts'
import type { MatterSource } from '../grants/registers.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Language, Text } from '../vocabulary/codes.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { checkDocument } from './explain-document.ts'
import type { CheckedDocument } from './explain-document.ts'
import { explainField } from './explain-field.ts'
import type { ExplainWords, ExplainedField, ExplainedView } from './explain-field.ts'
import { givenFilters } from './explain-filters.ts'
import { planSteps } from './explain-plan.ts'
import type { PlanStep } from './explain-plan.ts'
import type { OperationLimits } from './house.ts'

/** What an explanation is made from: never a department, never a value. */
export interface ExplainSource {
  readonly regime: Regime
  readonly generation: Generation
  readonly grants: GrantIndex
  readonly matters: MatterSource
  readonly limits: OperationLimits
  readonly language: Language
  nameOf(department: string): Text | null
  clauseText(clause: Clause): string | null
}

/** The document in question, as a request would send it; its variables are not needed. */
export interface ExplainQuestion {
  readonly document: string
  readonly operationName: string | null
}

/** A bound on the operation, and how far it is used where that is known without running it. */
export interface ExplainedLimit {
  /** `depth`, `aliases`, `rootFields`; of a grant `callsPerDay`, `subjectsPerDay`, `rowsPerDay`, `parameter`. */
  readonly name: string
  /** The grant that sets it, or null. */
  readonly grant: string | null
  readonly used: string | null
  readonly allowed: string
}

/** What a request with this document would be allowed, field by field, and what it would ask of whom. */
export interface Explanation {
  readonly operation: string | null
  readonly department: string
  readonly application: string
  readonly regime: string
  readonly catalogVersion: string
  readonly matter: string | null
  readonly matterTitle: string | null
  readonly decisions: readonly ExplainedField[]
  /** What would be planned and fetched; null where that is nothing. */
  readonly prunedDocument: string | null
  readonly plan: readonly PlanStep[]
  /** Coordinates that the arguments of the document could filter by and must not (INV-6). */
  readonly filtersRefused: readonly Coordinate[]
  /** Of these, the ones that the document itself gives: with them a request is refused. */
  readonly filtersGiven: readonly Coordinate[]
  readonly limits: readonly ExplainedLimit[]
}

/**
 * Explains a document for a caller: the same compile step as a request's, from the same cache, without execution. So
 * an explanation can never differ from what a request is told.
 *
 * @throws Failure for a document that the endpoint would refuse: GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED,
 *   OPERATION_RESOLUTION_FAILURE, LIMIT_EXCEEDED
 */
export async function explain(
  source: ExplainSource,
  caller: Caller,
  { document, operationName }: ExplainQuestion,
): Promise<Explanation> {
  const { generation, regime, limits } = source
  const checked = checkDocument(generation.schema, document, operationName, limits.tokens)
  checkLimits(checked.operation, checked.fragments, limits)
  const normalised = normalise(generation.schema, checked.document, checked.operation)
  const view = generation.views.viewOf(caller)
  const compiled = await generation.compiledFor(view, normalised, caller)
  const matter = caller.matter === null ? null : source.matters.find(caller.matter)
  const shown = {
    fields: generation.fields,
    resources: indexResources(generation.catalog),
    decisions: view.decisions,
    matter,
  }
  const given = givenFilters(generation.schema, compiled, normalised.bindings)
  const decisions = explainUses(source, compiled, shown)
  return {
    operation: checked.operation.name?.value ?? null,
    department: caller.department,
    application: caller.application,
    regime: regime.regime,
    catalogVersion: generation.catalog.version,
    matter: caller.matter,
    matterTitle: matter?.title ?? null,
    decisions,
    prunedDocument: compiled.pruned,
    plan: planSteps(compiled.plan, (department) => titleOf(source, department)),
    filtersRefused: [...compiled.forbidden.keys()],
    filtersGiven: [...compiled.forbidden.keys()].filter((at) => given.has(at)),
    limits: [...documentLimits(checked, limits), ...grantLimits(source, compiled, decisions)],
  }
}

/** One entry per coordinate, with every place where it stands, in the order of the document. */
function explainUses(words: ExplainWords, compiled: CompiledOperation, view: ExplainedView): readonly ExplainedField[] {
  const byCoordinate = Map.groupBy(
    compiled.uses.filter(({ when }) => possible(when)),
    ({ coordinate }) => coordinate,
  )
  return [...byCoordinate].flatMap(([, uses]: [Coordinate, readonly Use[]]) => {
    const [first] = uses
    if (!first) return []
    const paths = [...new Set(uses.map(({ path }) => path.join('.')))]
    return [explainField(words, first, paths, view)]
  })
}

/**
 * As if all that can be included were: a place under a condition counts, and an object that speaks for itself only where
 * nothing below it is asked does not.
 */
function possible(when: UseWhen): boolean {
  return when === null || when.some((all) => all.every((one) => !('unless' in one)))
}

function documentLimits({ operation, fragments }: CheckedDocument, limits: OperationLimits): readonly ExplainedLimit[] {
  const measured = measureDocument(operation, fragments)
  return (['depth', 'aliases', 'rootFields'] as const).map((name) => ({
    name,
    grant: null,
    used: String(measured[name]),
    allowed: String(limits[name]),
  }))
}

/** Bounds that the grants of this very operation set: how often, and with which argument values (NT-18.1). */
function grantLimits(
  { grants }: ExplainSource,
  compiled: CompiledOperation,
  decisions: readonly ExplainedField[],
): readonly ExplainedLimit[] {
  const used = [...new Set(decisions.flatMap(({ grant }) => grant ?? []))]
  const quotas = used.flatMap((id) =>
    Object.entries(grants.find(id)?.quota ?? {}).flatMap(([name, allowed]: [string, number | null]) =>
      allowed === null ? [] : [{ name, grant: id, used: null, allowed: String(allowed) }],
    ),
  )
  const rules = new Map(compiled.controlled.map(({ rule }) => [rule.grant, rule])).values()
  const parameters = [...rules].flatMap(({ grant, values }) =>
    [...values].map(([at, allowed]) => ({
      name: 'parameter',
      grant,
      used: null,
      allowed: `${at}: ${allowed.join(', ')}`,
    })),
  )
  return [...quotas, ...parameters]
}

function titleOf(source: ExplainSource, department: string): string {
  const name = source.nameOf(department)
  if (name === null) return department
  return source.language === 'en' ? name.en : name.zh
}
