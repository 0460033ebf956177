import { BUILTIN } from '../builtin/subgraph.ts'
import type { FieldEntry } from '../catalog/catalog.ts'
import { bindQuestion, selectionOf, subjectQuestion, subjectRecords } from '../compile/subject-paths.ts'
import { establishPurpose } from '../grants/purpose.ts'
import type { Matter } from '../grants/registers.ts'
import type { View } from '../grants/view.ts'
import { typeOf } from '../vocabulary/coordinate.ts'
import type { Decision } from '../vocabulary/decision.ts'
import { Failure } from '../vocabulary/failure.ts'
import { deskItem } from './desk-item.ts'
import type { DeskItem } from './desk-item.ts'
import { materialsOf } from './desk-materials.ts'
import type { DeskMaterial } from './desk-materials.ts'
import type { OwnContext } from './own-context.ts'
import { receiptFor } from './receipt-for.ts'
import { runCompiled } from './run-compiled.ts'
import { namedSubject } from './verify-claims.ts'
import type { NamedSubject, SubjectInput } from './verify-claims.ts'

/** What `deskCheck` answers, as its type in the schema has it. */
export interface DeskCheck {
  readonly receipt: string
  readonly token: string | null
  readonly matter: string
  readonly matterTitle: string
  readonly materials: readonly DeskMaterial[]
}

/**
 * Answers `deskCheck`: asks in one operation for everything that the matter needs about a subject, under the caller's
 * own view and limits, and says of each material whether the citizen need be asked for it (ZS-3.01, HZ-61.1).
 *
 * @throws Failure PURPOSE_MISSING, PURPOSE_MISMATCH, INVALID_ID_NUMBER, and as `runCompiled` says
 */
export async function answerDesk(
  given: OwnContext,
  { matter: named, ...subject }: SubjectInput & { readonly matter?: string | null },
): Promise<DeskCheck> {
  const context = inMatter(given, named ?? null)
  const matter = statedMatter(context)
  const who = namedSubject(subject)
  const items = await checkItems(context, matter, who)
  const { house, exchange, generation } = context
  const parts = { matter, resources: generation.catalog.resources, regime: house.regime, language: exchange.language }
  return {
    receipt: exchange.receipt,
    token: await tokenOf(context, who, items),
    matter: matter.code,
    matterTitle: matter.title,
    materials: materialsOf(parts, items),
  }
}

/** The matter may stand in the call instead of in the header; two that differ are no purpose. */
function inMatter(context: OwnContext, named: string | null): OwnContext {
  const { exchange, caller, house } = context
  if (named === null || named === caller.matter) return context
  if (caller.matter !== null)
    throw new Failure('PURPOSE_MISMATCH', { clause: house.regime.parameters['access.secondaryUse'].clause })
  const stated = { ...caller, matter: named }
  exchange.caller = stated
  return { ...context, caller: stated }
}

function statedMatter({ house, caller }: OwnContext): Matter {
  const { matters, cases } = house.registers
  const purpose = establishPurpose(caller, matters, cases, house.regime)
  if (purpose.kind === 'unstated') throw new Failure(purpose.code, { clause: purpose.clause })
  return purpose.matter
}

async function checkItems(context: OwnContext, matter: Matter, who: NamedSubject): Promise<readonly DeskItem[]> {
  const { house, exchange, caller, schema, generation, facts } = context
  const records = subjectRecords(schema, generation.fields, who.kind)
  const view = generation.views.viewOf(caller)
  const items = itemsOf(context, view, matter).filter(({ entry }) => records.has(typeOf(entry.coordinate)))
  if (items.length === 0) return []
  // What only permitted argument values open cannot be asked for by an identifier; it would refuse all the others.
  const asked = items.flatMap(({ entry, controlled }) => (controlled ? [] : [entry.coordinate]))
  const { text, key } = subjectQuestion(who.kind, asked.length > 0 ? selectionOf(records, asked) : '{ __typename }')
  const { type, number } = who.subject
  const { normalised, variables } = bindQuestion(schema, text, { type, number })
  const compiled = await generation.compiledFor(view, normalised, caller)
  const run = {
    schema,
    generation,
    caller,
    compiled,
    variables,
    facts: { ...facts, introspectionOnly: false },
    firstHand: true,
  }
  const { projected, times, misnumbered } = await runCompiled(house, exchange, run)
  if (misnumbered.length > 0) throw new Failure('INVALID_ID_NUMBER')
  const source = { projected, times, records, subject: projected.data[key] }
  return items.map(({ entry, decision }) => {
    const sourceTitle = house.parties.find(entry.provider)?.name.zh ?? entry.provider
    return deskItem(source, { entry, decision, sourceTitle })
  })
}

interface NeededItem {
  readonly entry: FieldEntry
  readonly decision: Decision
  /** Opened for permitted argument values only (NT-18.1). */
  readonly controlled: boolean
}

/** What the matter needs of departments; what the gateway makes itself, such as pseudonyms, nobody brings. */
function itemsOf({ generation }: OwnContext, { decisions, parameters }: View, matter: Matter): readonly NeededItem[] {
  return [...matter.fields.keys()].flatMap((at): readonly NeededItem[] => {
    const [entry, decision] = [generation.fields.get(at), decisions.get(at)]
    if (entry?.kind !== 'leaf' || !decision || entry.providers.every((one) => one === BUILTIN)) return []
    const [rule] = parameters.get(at) ?? []
    if (!rule) return [{ entry, decision, controlled: false }]
    const { clause, grant } = rule
    return [{ entry, decision: { kind: 'DENY', code: 'PARAMETER_OUT_OF_GRANT', clause, grant }, controlled: true }]
  })
}

async function tokenOf(
  context: OwnContext,
  { subject }: NamedSubject,
  items: readonly DeskItem[],
): Promise<string | null> {
  if (items.length === 0) return null
  const { receipt, operation } = context.exchange
  // As it is recorded: one subject under each identifier of a firm (HZ-15.2).
  const [known = { type: subject.type, number: subject.number }] = operation?.subjects ?? []
  return receiptFor(context, {
    receipt,
    subject: known,
    items: items.map(({ coordinate, title, status, decision, source, sourceTitle, asOf, clause }) => ({
      coordinate,
      title,
      outcome: status === 'OBTAINED' && decision === 'MASK' ? 'MASKED' : status,
      source,
      sourceTitle,
      asOf,
      clause,
      claim: null,
    })),
  })
}
