import { readLegalSubject, readSubject } from '../builtin/subject.ts'
import type { Subject } from '../builtin/subject.ts'
import { valueOf } from '../compile/calls.ts'
import { included } from '../compile/compiled-operation.ts'
import type { Call, CompiledOperation } from '../compile/compiled-operation.ts'
import type { AnswerPath } from '../project/project.ts'
import { fieldOf } from '../vocabulary/coordinate.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { RequestSubject } from './exchange.ts'
import { identityOf } from './reached.ts'

/** What the root fields of an operation ask about. */
interface Lookups {
  readonly subjects: readonly RequestSubject[]
  /** The same, each at its place. */
  readonly asked: readonly Asked[]
  /** Places of the lookups whose number cannot exist. */
  readonly invalid: readonly AnswerPath[]
  /** Argument → value, for keyed hashes. */
  readonly arguments: ReadonlyMap<string, unknown>
}

type Variables = Readonly<Record<string, unknown>>

/**
 * Whom the root fields ask about, for the record; a number that cannot exist is told as such, and counts all the same.
 *
 * @param most how many different subjects one operation may ask about, and how many keys one list may have
 * @throws Failure LIMIT_EXCEEDED, BAD_USER_INPUT
 */
export function readLookups(compiled: CompiledOperation, variables: Variables, most: number): Lookups {
  const calls = compiled.calls.filter((one) => one.root && included(one.when, variables))
  const given = new Map<string, unknown>()
  for (const call of calls) {
    const prefix = call.key === fieldOf(call.coordinate) ? '' : `${given.size}:`
    for (const argument of call.arguments.filter(({ node }) => node !== null))
      given.set(`${prefix}${call.coordinate}(${argument.name}:)`, readable(valueOf(argument, variables)))
  }
  const found = calls.map((call) => subjectsOf(call, variables))
  const asked = found.flat()
  const different = new Set([...asked.map(({ subject }) => subject), ...sought(calls, variables)].map(identityOf)).size
  const count = Math.max(different, ...found.map((list) => list.length))
  if (count > most) throw tooMany(count, most)
  return {
    subjects: [...asked.map(({ subject }) => subject), ...sought(calls, variables)].map(({ type, number }) => ({
      type,
      number,
    })),
    asked,
    invalid: asked.flatMap(({ subject, path }) => (subject.valid ? [] : [path])),
    arguments: given,
  }
}

/** Whom the audit record is searched by: asked about as anybody is, and looked up in no register. */
function sought(calls: readonly Call[], variables: Variables): readonly Subject[] {
  return calls.flatMap((call) => {
    if (call.coordinate !== 'Query.auditRecords') return []
    const given = call.arguments.find(({ name }) => name === 'filter')
    const filter = given ? valueOf(given, variables) : null
    const [key, firm] = [memberOf(filter, 'person'), memberOf(filter, 'legalEntity')]
    return [
      ...(key ? [readSubject(memberOf(key, 'idDocumentType'), memberOf(key, 'idDocumentNumber'))] : []),
      ...(firm ? [readLegalSubject(memberOf(firm, 'identifierType'), memberOf(firm, 'identifier'))] : []),
    ]
  })
}

/** Somebody asked about, and where the answer has them. */
export interface Asked {
  readonly path: AnswerPath
  readonly subject: Subject
}

function subjectsOf(call: Call, variables: Variables): readonly Asked[] {
  const argument = (name: string): unknown => {
    const given = call.arguments.find((one) => one.name === name)
    return given ? valueOf(given, variables) : undefined
  }
  const path = [call.key]
  switch (call.coordinate) {
    case 'Query.person':
      return [{ path, subject: readSubject(argument('idDocumentType'), argument('idDocumentNumber')) }]
    case 'Query.persons': {
      const keys: unknown = argument('keys')
      return (Array.isArray(keys) ? keys : []).map((key: unknown, index) => ({
        path: [...path, index],
        subject: readSubject(memberOf(key, 'idDocumentType'), memberOf(key, 'idDocumentNumber')),
      }))
    }
    case 'Query.legalEntity':
      return [{ path, subject: readLegalSubject(argument('identifierType'), argument('identifier')) }]
    default:
      return []
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries<unknown>({ ...value })).get(name) : null
}

/** More persons and firms than one operation may ask about, or tell of. */
export function tooMany(count: number, most: number): Failure {
  return new Failure('LIMIT_EXCEEDED', {
    detail: { zh: `一次查询涉及 ${count} 个对象,上限 ${most}`, en: `subjects ${count}, allowed ${most}` },
  })
}

/** Deeper than any input type of ours: a value that nobody could mean, and that hashing would run out of stack on. */
const MAX_DEPTH = 32

/** A value that the record can hash; in the place of one nested too deeply stands a word. */
function readable(value: unknown): unknown {
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return 'nested too deeply'
    level = level.flatMap(membersOf)
  }
  return value
}

function membersOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values<unknown>({ ...value }) : []
}
