import type { ConstDirectiveNode, FieldDefinitionNode } from 'graphql'
import { Kind } from 'graphql'
import { isClause } from '../vocabulary/clause.ts'
import type { Clause } from '../vocabulary/clause.ts'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { MASK_RULES } from '../vocabulary/decision.ts'
import { CONDITIONAL_MODES, GROUND_RANKS, LEVELS, QUASI_IDENTIFIERS, SHARING_CLASSES, VERIFY_KINDS } from './catalog.ts'
import type { FieldEntry, Ground } from './catalog.ts'
import type { FaultCode } from './fault.ts'
import { findingAt } from './fault.ts'
import { createKnown } from './known.ts'
import type { Known } from './known.ts'
import { argument, flag, text, texts } from './links.ts'
import type { Reader } from './reader.ts'
import type { Topic } from './rules.ts'

/** What is known of a field before its annotations are read. */
export interface FieldContext {
  readonly type: string
  readonly field: FieldDefinitionNode
  readonly content: 'text' | 'other' | 'object'
  readonly resource: string
  readonly isKey: boolean
  readonly onInterface: boolean
}

/**
 * Reads the annotations of one output field; null and a fault where it has no class. What a class must rest on is the
 * regime's, and judged later (check-classes.ts).
 */
export function readField(reader: Reader, context: FieldContext): FieldEntry | null {
  const { field } = context
  const at = coordinate(context.type, field.name.value)
  const share = reader.annotation(field, 'share')
  if (!share) {
    const message = `${at} has no sharing class: add @share(class:, level:, title:)`
    reader.faults.push(findingAt(reader.source.file, field, 'CLASS_MISSING', message, 'CLASS_DECLARED'))
    return null
  }
  checkNullable(reader, context, at)
  const known = createKnown(reader, at)
  const sharingClass = known.needed(SHARING_CLASSES, share, 'class')
  const masking = readMask(reader, context, known)
  const entry: FieldEntry = {
    coordinate: at,
    kind: context.content === 'object' ? 'object' : 'leaf',
    provider: reader.source.department,
    providers: [reader.source.department],
    resource: context.resource,
    // What is unknown reads as the strictest.
    class: sharingClass ?? 'NOT_SHARED',
    level: known.needed(LEVELS, share, 'level') ?? 'L4',
    item: text(argument(share, 'item')),
    title: known.text(share, 'title'),
    basis: readBasis(reader, share, at),
    grounds: readGrounds(reader, share, at),
    reasons: text(argument(share, 'reasons')),
    conditions: text(argument(share, 'conditions')),
    subMode: known.optional(CONDITIONAL_MODES, share, 'subMode'),
    scope: argument(share, 'scope') ? texts(argument(share, 'scope')) : null,
    verifyOnly: flag(argument(share, 'verifyOnly')),
    ...masking,
    verify: readVerify(reader, field, known),
    // Whether each is a coordinate is checked against all departments.
    embeds: texts(argument(share, 'embeds')) as Coordinate[],
    quasiIdentifier: known.optional(QUASI_IDENTIFIERS, share, 'quasiIdentifier'),
    emergencyExcluded: flag(argument(share, 'emergencyExcluded')),
    authoritativeFor: text(argument(share, 'authoritativeFor')),
    follows: coordinateOf(reader.annotation(field, 'reference'), 'follows'),
    requires: [],
    declassified: readDeclassified(reader, field, at),
    onInterface: context.onInterface,
  }
  checkVerification(reader, share, entry)
  checkEmergency(reader, share, entry)
  checkMasked(reader, share, entry)
  return entry
}

/** What may only be shared masked (NT-8.1) needs a rule that masks. */
function checkMasked(
  reader: Reader,
  share: ConstDirectiveNode,
  { coordinate: at, kind, subMode, mask }: FieldEntry,
): void {
  if (subMode !== 'MASKED' || kind === 'object' || (mask !== null && mask !== 'M-NONE')) return
  add(reader, share, 'MASK_UNFIT', `${at} is shared masked alone, and no rule masks it`, 'MASKING')
}

function add(reader: Reader, node: ConstDirectiveNode, code: FaultCode, message: string, topic: Topic | null): void {
  reader.faults.push(findingAt(reader.source.file, node, code, message, topic))
}

/** A masked value has the type of the clear one: only text can hold a mask that shows anything. */
function readMask(
  reader: Reader,
  context: FieldContext,
  known: Known,
): Pick<FieldEntry, 'mask' | 'maskApproval' | 'maskProhibited'> {
  const directive = reader.annotation(context.field, 'masking')
  if (!directive) return { mask: null, maskApproval: null, maskProhibited: false }
  const rule = known.needed(MASK_RULES, directive, 'rule')
  const at = coordinate(context.type, context.field.name.value)
  if (context.content === 'object') {
    add(reader, directive, 'MASK_UNFIT', `${at} leads to a record: only values are masked`, null)
  } else if (context.content === 'other' && rule !== null && rule !== 'M-NULL' && rule !== 'M-NONE') {
    add(reader, directive, 'MASK_UNFIT', `${at} is no text, so its rule can only be M-NULL or M-NONE`, null)
  }
  const maskApproval = text(argument(directive, 'approval'))
  const maskProhibited = flag(argument(directive, 'prohibited'))
  if (maskApproval !== null && maskProhibited)
    add(reader, directive, 'MASK_UNFIT', `${at}: a law forbids the mask, so no method of it can be approved`, 'MASKING')
  return { mask: rule, maskApproval, maskProhibited }
}

function readVerify(reader: Reader, field: FieldDefinitionNode, known: Known): FieldEntry['verify'] {
  const directive = reader.annotation(field, 'verify')
  const as = directive ? known.needed(VERIFY_KINDS, directive, 'as') : null
  return directive && as ? { as, lowEntropy: flag(argument(directive, 'lowEntropy')) } : null
}

function readBasis(reader: Reader, share: ConstDirectiveNode, at: Coordinate): readonly Clause[] {
  const given = texts(argument(share, 'basis'))
  for (const one of given.filter((basis) => !isClause(basis)))
    add(reader, share, 'VALUE_UNKNOWN', `${at}: basis "${one}" is not a clause ID such as ZS-4.04`, null)
  return given.filter(isClause)
}

/** `RANK citation`. */
function readGrounds(reader: Reader, share: ConstDirectiveNode, at: Coordinate): readonly Ground[] {
  return texts(argument(share, 'grounds')).flatMap((given): Ground[] => {
    const [word = '', ...rest] = given.trim().split(/\s+/)
    const rank = GROUND_RANKS.find((one) => one === word)
    const citation = rest.join(' ')
    if (rank && citation !== '') return [{ rank, citation }]
    const message = `${at}: ground "${given}" is not a rank (${GROUND_RANKS.join(', ')}) and a citation`
    add(reader, share, 'VALUE_UNKNOWN', message, null)
    return []
  })
}

function readDeclassified(reader: Reader, field: FieldDefinitionNode, at: Coordinate): Clause | null {
  const directive = reader.annotation(field, 'declassifies')
  if (!directive) return null
  const clause = text(argument(directive, 'clause'))
  if (clause !== null && isClause(clause)) {
    // With `for` it speaks of what others compute from this field, not of the field (declassify.ts).
    const computed = field.directives?.some(({ name }) => name.value === 'requires') ?? false
    return computed || !argument(directive, 'for') ? clause : null
  }
  add(reader, directive, 'BASIS_MISSING', `${at}: @declassifies needs a clause ID such as ZS-4.04`, 'NOT_SHARED_BASIS')
  return null
}

/** Comparison alone is a way of conditional sharing (NT-8.1), and needs to be told how to compare. */
function checkVerification(reader: Reader, share: ConstDirectiveNode, entry: FieldEntry): void {
  if (!entry.verifyOnly) return
  const at = entry.coordinate
  if (entry.class === 'UNCONDITIONAL')
    add(reader, share, 'VERIFY_UNFIT', `${at} is UNCONDITIONAL, and so not for comparison alone`, 'COMPARISON')
  if (entry.verify === null)
    add(reader, share, 'VERIFY_UNFIT', `${at} is for comparison alone, but has no @verify(as:)`, 'COMPARISON')
}

/** Only a law keeps a value back in an emergency (ZS-4.10): which one is told. */
function checkEmergency(reader: Reader, share: ConstDirectiveNode, entry: FieldEntry): void {
  if (!entry.emergencyExcluded || entry.grounds.length > 0) return
  const message = `${entry.coordinate} is kept back in an emergency: state the law that says so in grounds:`
  add(reader, share, 'BASIS_MISSING', message, 'EMERGENCY')
}

/** A refusal must never destroy siblings: only keys may be non-null in a department's SDL. */
function checkNullable(reader: Reader, context: FieldContext, at: Coordinate): void {
  if (context.isKey || context.field.type.kind !== Kind.NON_NULL_TYPE) return
  const message = `${at} is non-null: only @key fields may be, or its refusal would destroy the record`
  reader.faults.push(findingAt(reader.source.file, context.field, 'NON_NULL_ITEM', message, null))
}

function coordinateOf(directive: ConstDirectiveNode | undefined, name: string): Coordinate | null {
  return directive ? (text(argument(directive, name)) as Coordinate | null) : null
}
