import type { GraphQLSchema } from 'graphql'
import { getNamedType, isObjectType } from 'graphql'
import { readLegalSubject, readSubject } from '../builtin/subject.ts'
import type { Subject } from '../builtin/subject.ts'
import type { FieldEntry, VerifyKind } from '../catalog/catalog.ts'
import type { SubjectRecords } from '../compile/subject-paths.ts'
import type { GrantParameters, View } from '../grants/view.ts'
import { coordinate, fieldOf, typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Decision } from '../vocabulary/decision.ts'
import { Failure } from '../vocabulary/failure.ts'
import { canonicalClaim } from '../verify/canonical.ts'
import { lacksUnpredictable } from '../verify/compare.ts'
import type { Claim } from '../verify/compare.ts'
import { labelsOf } from '../verify/labels.ts'
import type { SubjectType } from '../vocabulary/subject-types.ts'
import type { RequestSubject } from './exchange.ts'

/** The key of a person or of a legal entity, as the schema has coerced it; exactly one is given. */
export interface SubjectInput {
  readonly person?: { readonly idDocumentType: string; readonly idDocumentNumber: string } | null
  readonly legalEntity?: { readonly identifierType: string; readonly identifier: string } | null
}

/** One row of `verifyItems`. */
export interface VerifyRowInput extends SubjectInput {
  readonly items: readonly { readonly coordinate: string; readonly claimed: string }[]
}

/** Somebody whom a request names. */
export interface NamedSubject {
  readonly kind: SubjectType
  readonly subject: Subject
  /** The identifier as it was sent. */
  readonly named: string
  /** Whom it is counted and recorded as, where that is another identifier of the same firm (HZ-15.2). */
  readonly known?: RequestSubject
}

/** Whom a row is counted, recorded and receipted as. */
export function knownAs({ subject, known }: NamedSubject): RequestSubject {
  return known ?? { type: subject.type, number: subject.number }
}

/** A claim that may be compared. */
export interface OpenClaim extends Claim {
  readonly entry: FieldEntry
  readonly decision: Decision
}

/** An item without an outcome, and why; its coordinate is null where the catalogue has none such. */
export interface RefusedItem {
  readonly kind: 'refused'
  readonly coordinate: Coordinate | null
  readonly decision: Decision | null
  readonly failure: Failure
}

/** What becomes of one item: it may be compared, or it is refused. */
export type JudgedItem = { readonly kind: 'open'; readonly claim: OpenClaim } | RefusedItem

/** A row that was read and judged. */
export interface Row {
  readonly who: NamedSubject
  readonly items: readonly JudgedItem[]
}

/** What claims are judged by. */
export interface Judging {
  readonly schema: GraphQLSchema
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly view: View
  /** The widest that the department may see of a value over all its matters (wall 9). */
  widest(this: void, at: Coordinate): Decision['kind'] | null
  recordsOf(kind: SubjectType): SubjectRecords
}

/** Most items of one row: a paper has fewer. */
const MOST_ITEMS = 20

/**
 * Reads who is meant.
 *
 * @throws Failure BAD_USER_INPUT unless exactly one key is given
 */
export function namedSubject({ person, legalEntity }: SubjectInput): NamedSubject {
  if (person && !legalEntity) {
    const { idDocumentType, idDocumentNumber } = person
    return { kind: 'Person', subject: readSubject(idDocumentType, idDocumentNumber), named: idDocumentNumber }
  }
  if (legalEntity && !person) {
    const { identifierType, identifier } = legalEntity
    return { kind: 'LegalEntity', subject: readLegalSubject(identifierType, identifier), named: identifier }
  }
  throw new Failure('BAD_USER_INPUT', {
    detail: { zh: 'person 与 legalEntity 须填且只填一项', en: 'give person or legalEntity, one of them' },
  })
}

/**
 * Judges the items of a row: each is verified by its own decision, a value that is shown masked is not, and what has
 * few possible values only together with something unpredictable (wall 17).
 *
 * @throws Failure BAD_USER_INPUT, LIMIT_EXCEEDED for a row that cannot be read
 */
export function judgeItems(judging: Judging, who: NamedSubject, items: VerifyRowInput['items']): readonly JudgedItem[] {
  if (items.length < 1 || items.length > MOST_ITEMS)
    throw new Failure('LIMIT_EXCEEDED', {
      detail: { zh: `每行须有 1 至 ${MOST_ITEMS} 项`, en: `a row has 1 to ${MOST_ITEMS} items` },
    })
  const judged = items.map((item) => judgeItem(judging, who, item))
  const named = judged.flatMap((one) => (one.kind === 'open' ? one.claim.coordinate : (one.coordinate ?? [])))
  if (new Set(named).size < named.length)
    throw new Failure('BAD_USER_INPUT', {
      detail: { zh: '同一行不得重复核实同一数据项', en: 'a row names each coordinate once' },
    })
  const guessable = guessableTypes(judging, judged, who)
  return judged.map((one) => {
    if (one.kind === 'refused' || !one.claim.lowEntropy || !guessable.has(typeOf(one.claim.coordinate))) return one
    const { coordinate: at, decision } = one.claim
    return { kind: 'refused', coordinate: at, decision, failure: alone(decision) }
  })
}

/**
 * Record types of which only guessable items are claimed. What the department may read, in whatever matter, makes nothing
 * unpredictable, and neither does a name: it stands on the document that the number was read from.
 */
function guessableTypes(
  { widest }: Judging,
  judged: readonly JudgedItem[],
  { named }: NamedSubject,
): ReadonlySet<string> {
  const isSecret = ({ coordinate: at, decision, kind, lowEntropy }: OpenClaim): boolean =>
    decision.kind === 'VERIFY_ONLY' && (lowEntropy || (kind !== 'NAME' && widest(at) !== 'ALLOW'))
  const secret = judged.flatMap((one) => (one.kind === 'open' && isSecret(one.claim) ? [one.claim] : []))
  const byType = Map.groupBy(secret, (one) => typeOf(one.coordinate))
  return new Set([...byType].flatMap(([type, claims]) => (lacksUnpredictable(claims, [named]) ? [type] : [])))
}

function alone({ clause }: Decision): Failure {
  return new Failure('VERIFY_NOT_OFFERED', {
    clause,
    detail: {
      zh: '该数据项取值很少,须与同一记录中不易猜出的数据项一并核实',
      en: 'the item has few possible values: claim it together with an unpredictable item of the same record',
    },
  })
}

function judgeItem(judging: Judging, who: NamedSubject, item: VerifyRowInput['items'][number]): JudgedItem {
  const entry = entryOf(judging, item.coordinate)
  const places = entry ? judging.recordsOf(who.kind).get(typeOf(entry.coordinate)) : undefined
  if (!entry || entry.kind !== 'leaf' || !places) return unknown(who)
  const at = entry.coordinate
  const decision = judging.view.decisions.get(at)
  if (!decision) return unknown(who)
  const refused = (failure: Failure): JudgedItem => ({ kind: 'refused', coordinate: at, decision, failure })
  if (decision.kind === 'DENY') return refused(new Failure(decision.code, { clause: decision.clause }))
  if (decision.kind === 'MASK' || judging.widest(at) === 'MASK') return refused(masked(decision))
  if (decision.kind === 'VERIFY_ONLY' && entry.verify === null)
    return refused(new Failure('VERIFY_NOT_OFFERED', { clause: decision.clause }))
  const rules = judging.view.parameters.get(at)
  if (rules) return refused(outsideGrant(rules))
  const { as, lowEntropy } = entry.verify ?? { as: 'TEXT', lowEntropy: false }
  const secret = decision.kind === 'VERIFY_ONLY'
  const labels = labelsOf(valueType(judging.schema, at))
  if (canonicalClaim(as, item.claimed, labels) === null) return refused(unreadable(as))
  const claim = { coordinate: at, kind: as, claimed: item.claimed, lowEntropy: lowEntropy && secret, labels }
  return { kind: 'open', claim: { ...claim, entry, decision } }
}

/** A coordinate, with or without its department's code before it. */
function entryOf({ fields }: Judging, text: string): FieldEntry | null {
  const [field, type, department, ...more] = text.split('.').toReversed()
  if (field === undefined || type === undefined || more.length > 0) return null
  const entry = fields.get(coordinate(type, field))
  return entry && (department === undefined || entry.providers.includes(department)) ? entry : null
}

function unknown({ kind }: NamedSubject): JudgedItem {
  const detail = {
    zh: `目录中没有属于 ${kind} 的该数据项`,
    en: `the catalogue has no such item of a ${kind}`,
  }
  return { kind: 'refused', coordinate: null, decision: null, failure: new Failure('BAD_USER_INPUT', { detail }) }
}

/** A claim that could equal nothing costs no attempt, whatever the record says. */
function unreadable(as: VerifyKind): Failure {
  const detail = {
    zh: `所示内容不能按 ${as} 理解,未计入次数`,
    en: `the claim cannot be read as ${as}; no attempt was counted`,
  }
  return new Failure('BAD_USER_INPUT', { detail })
}

/** A lookup by identifier cannot be held to the records that a grant is limited to (NT-18.1). */
function outsideGrant(rules: readonly GrantParameters[]): Failure {
  const clause = rules[0]?.clause
  const named = [...new Set(rules.flatMap(({ values }) => [...values.keys()]))].join(', ')
  return new Failure('PARAMETER_OUT_OF_GRANT', { ...(clause ? { clause } : {}), detail: named })
}

/** What is shown in part and may be guessed at besides would soon be whole. */
function masked({ clause }: Decision): Failure {
  const detail = {
    zh: '该数据项已脱敏提供,不再核实其余部分',
    en: 'the item is provided masked, and the rest of it is not verified',
  }
  return new Failure('VERIFY_NOT_OFFERED', { clause, detail })
}

function valueType(schema: GraphQLSchema, at: Coordinate) {
  const type = schema.getType(typeOf(at))
  const field = isObjectType(type) ? type.getFields()[fieldOf(at)] : undefined
  if (!field) throw new Error(`${at} is in the catalogue and not in the schema`)
  return getNamedType(field.type)
}
