import type {
  ConstDirectiveNode,
  FieldDefinitionNode,
  ObjectTypeDefinitionNode,
  ObjectTypeExtensionNode,
} from 'graphql'
import { Kind } from 'graphql'
import { isClause } from '../vocabulary/clause.ts'
import type { Clause } from '../vocabulary/clause.ts'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { MASK_RULES } from '../vocabulary/decision.ts'
import { LEVELS, QUASI_IDENTIFIERS, SHARING_CLASSES, VERIFY_KINDS } from './catalog.ts'
import type { FieldEntry, ResourceEntry } from './catalog.ts'
import { faultAt } from './fault.ts'
import { argument, flag, text, texts } from './links.ts'
import type { Located, Reader } from './reader.ts'

/** What is known of a field before its annotations are read. */
export interface FieldContext {
  readonly type: string
  readonly field: FieldDefinitionNode
  readonly kind: 'leaf' | 'object'
  readonly resource: string
  readonly isKey: boolean
  readonly onInterface: boolean
}

/** Reads `@resource` of a type, if it has one. */
export function readResource(
  reader: Reader,
  type: ObjectTypeDefinitionNode | ObjectTypeExtensionNode,
): Located<ResourceEntry>[] {
  const directive = reader.annotation(type, 'resource')
  if (!directive) return []
  const get = (name: string): string => text(argument(directive, name)) ?? ''
  const department = get('department')
  if (department !== reader.source.department) {
    const message = `${type.name.value} is registered for "${department}" in the SDL of "${reader.source.department}"`
    reader.faults.push(faultAt(reader.source.file, directive, 'RESOURCE_MISPLACED', message, 'ZS-1.12'))
  }
  const value: ResourceEntry = {
    type: type.name.value,
    code: get('code'),
    title: get('title'),
    department,
    updateCycle: get('updateCycle'),
    format: get('format'),
    contact: get('contact'),
    base: text(argument(directive, 'base')),
  }
  return [{ value, file: reader.source.file, node: type }]
}

/** Reads the annotations of one output field; null and a fault where it has no class. */
export function readField(reader: Reader, context: FieldContext): FieldEntry | null {
  const { field } = context
  const at = coordinate(context.type, field.name.value)
  const share = reader.annotation(field, 'share')
  if (!share) {
    const message = `${at} has no sharing class: add @share(class:, level:, title:)`
    reader.faults.push(faultAt(reader.source.file, field, 'CLASS_MISSING', message, 'ZS-2.05'))
    return null
  }
  checkNullable(reader, context, at)
  const known = createKnown(reader, share, at)
  const basis = readBasis(reader, share, at)
  const entry: FieldEntry = {
    coordinate: at,
    kind: context.kind,
    provider: reader.source.department,
    providers: [reader.source.department],
    resource: context.resource,
    class: known(SHARING_CLASSES, share, 'class') ?? 'NOT_SHARED',
    level: known(LEVELS, share, 'level') ?? 'L4',
    item: text(argument(share, 'item')),
    title: text(argument(share, 'title')) ?? '',
    basis,
    conditions: text(argument(share, 'conditions')),
    verifyOnly: flag(argument(share, 'verifyOnly')),
    mask: known(MASK_RULES, reader.annotation(field, 'masking'), 'rule'),
    verify: readVerify(reader, field, known),
    embeds: texts(argument(share, 'embeds')) as Coordinate[],
    quasiIdentifier: known(QUASI_IDENTIFIERS, share, 'quasiIdentifier'),
    follows: coordinateOf(reader.annotation(field, 'reference'), 'follows'),
    requires: [],
    declassified: clauseOf(reader.annotation(field, 'declassifies')),
    onInterface: context.onInterface,
  }
  checkGrounds(reader, share, entry)
  return entry
}

type Known = <T extends string>(list: readonly T[], directive: ConstDirectiveNode | undefined, name: string) => T | null

/** A lookup of an argument's value in a closed list; an unknown value is a fault and reads as the strictest. */
function createKnown(reader: Reader, share: ConstDirectiveNode, at: Coordinate): Known {
  return (list, directive, name) => {
    const value = directive ? text(argument(directive, name)) : null
    const found = list.find((one) => one === value) ?? null
    if (value !== null && found === null) {
      const message = `${at}: ${name} "${value}" is not one of ${list.join(', ')}`
      reader.faults.push(faultAt(reader.source.file, directive ?? share, 'VALUE_UNKNOWN', message, null))
    }
    return found
  }
}

function readVerify(reader: Reader, field: FieldDefinitionNode, known: Known): FieldEntry['verify'] {
  const directive = reader.annotation(field, 'verify')
  const as = known(VERIFY_KINDS, directive, 'as')
  return directive && as ? { as, lowEntropy: flag(argument(directive, 'lowEntropy')) } : null
}

function readBasis(reader: Reader, share: ConstDirectiveNode, at: Coordinate): readonly Clause[] {
  const given = texts(argument(share, 'basis'))
  for (const one of given.filter((basis) => !isClause(basis))) {
    const message = `${at}: basis "${one}" is not a clause ID such as ZS-4.04`
    reader.faults.push(faultAt(reader.source.file, share, 'VALUE_UNKNOWN', message, null))
  }
  return given.filter(isClause)
}

/** Not shared needs a basis (ZS-4.04, HZ-4.4); conditional needs a basis and its conditions (ZS-4.03). */
function checkGrounds(reader: Reader, share: ConstDirectiveNode, entry: FieldEntry): void {
  if (entry.class === 'UNCONDITIONAL') return
  const clause = entry.class === 'NOT_SHARED' ? 'ZS-4.04' : 'ZS-4.03'
  if (entry.basis.length === 0) {
    const message = `${entry.coordinate} is ${entry.class} without a basis`
    reader.faults.push(faultAt(reader.source.file, share, 'BASIS_MISSING', message, clause))
  }
  if (entry.class === 'CONDITIONAL' && !entry.conditions) {
    const message = `${entry.coordinate} is CONDITIONAL without its sharing conditions`
    reader.faults.push(faultAt(reader.source.file, share, 'CONDITIONS_MISSING', message, clause))
  }
}

/** A refusal must never destroy siblings: only keys may be non-null in a department's SDL. */
function checkNullable(reader: Reader, context: FieldContext, at: Coordinate): void {
  if (context.isKey || context.field.type.kind !== Kind.NON_NULL_TYPE) return
  const message = `${at} is non-null: only @key fields may be, or its refusal would destroy the record`
  reader.faults.push(faultAt(reader.source.file, context.field, 'NON_NULL_ITEM', message, null))
}

function coordinateOf(directive: ConstDirectiveNode | undefined, name: string): Coordinate | null {
  return directive ? (text(argument(directive, name)) as Coordinate | null) : null
}

function clauseOf(directive: ConstDirectiveNode | undefined): Clause | null {
  const clause = directive ? text(argument(directive, 'clause')) : null
  return clause !== null && isClause(clause) ? clause : null
}
