import { Kind, parse } from 'graphql'
import { bindVariables } from '../compile/bind.ts'
import { normalise } from '../compile/normalise.ts'
import { selectionOf, subjectRecords } from '../compile/subject-paths.ts'
import { establishPurpose } from '../grants/purpose.ts'
import type { Matter } from '../grants/registers.ts'
import type { Clause } from '../vocabulary/clause.ts'
import { typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
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
  const coordinates = [...matter.fields.keys()].filter((at) => isItem(context, at) && records.has(typeOf(at)))
  if (coordinates.length === 0) return []
  const { text, variables: values, key } = questionOf(who, selectionOf(records, coordinates))
  const document = parse(text)
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION)
  if (!operation) throw new Error('a question without an operation')
  const normalised = normalise(schema, document, operation)
  const variables = bindVariables(schema, normalised.bindings, values)
  const view = generation.views.viewOf(caller)
  const compiled = await generation.compiledFor(view, normalised)
  const run = { schema, caller, compiled, variables, facts: { ...facts, introspectionOnly: false } }
  const { projected, times, misnumbered } = await runCompiled(house, exchange, run)
  if (misnumbered.length > 0) throw new Failure('INVALID_ID_NUMBER')
  const source = { projected, times, records, subject: projected.data[key] }
  return coordinates.flatMap((at) => {
    const [entry, decision] = [generation.fields.get(at), view.decisions.get(at)]
    if (!entry || !decision) return []
    const sourceTitle = house.parties.find(entry.provider)?.name.zh ?? entry.provider
    return [deskItem(source, { entry, decision, sourceTitle })]
  })
}

function isItem({ generation }: OwnContext, at: Coordinate): boolean {
  return generation.fields.get(at)?.kind === 'leaf'
}

function questionOf({ kind, subject: { type, number } }: NamedSubject, selection: string) {
  const variables = { type, number }
  if (kind === 'Person') {
    const text = `query ($type: IdDocumentType!, $number: IdNumber!) {
      person(idDocumentType: $type, idDocumentNumber: $number) ${selection}
    }`
    return { text, variables, key: 'person' }
  }
  const text = `query ($type: LegalIdentifierType!, $number: String!) {
    legalEntity(identifierType: $type, identifier: $number) ${selection}
  }`
  return { text, variables, key: 'legalEntity' }
}

async function tokenOf(
  context: OwnContext,
  { subject }: NamedSubject,
  items: readonly DeskItem[],
): Promise<string | null> {
  if (items.length === 0) return null
  const { receipt } = context.exchange
  return receiptFor(context, {
    receipt,
    subject: { type: subject.type, number: subject.number },
    items: items.map(({ coordinate, title, status, decision, source, sourceTitle, asOf, clause }) => ({
      coordinate,
      title,
      outcome: status === 'OBTAINED' && decision === 'MASK' ? 'MASKED' : status,
      source,
      sourceTitle,
      asOf,
      clause: clause satisfies Clause,
      claim: null,
    })),
  })
}
