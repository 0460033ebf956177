import { readSubject } from '../builtin/subject.ts'
import { included } from '../compile/compiled-operation.ts'
import type { CompiledOperation } from '../compile/compiled-operation.ts'
import type { RequestSubject } from './exchange.ts'

/** What the root fields of an operation ask about. */
interface Lookups {
  readonly subjects: readonly RequestSubject[]
  /** Response names of the lookups whose number cannot exist. */
  readonly invalid: readonly string[]
  /** Argument → value, for keyed hashes. */
  readonly arguments: ReadonlyMap<string, unknown>
}

/** Whom the root fields ask about, for the record; a number that cannot exist is told as such. */
export function readLookups(compiled: CompiledOperation, variables: Readonly<Record<string, unknown>>): Lookups {
  const subjects: RequestSubject[] = []
  const invalid: string[] = []
  const given = new Map<string, unknown>()
  for (const call of compiled.calls.filter((one) => included(one.when, variables))) {
    const valueOf = (name: string): unknown => readable(variables[call.arguments[name] ?? ''])
    for (const name of Object.keys(call.arguments))
      given.set(
        `${call.key === call.coordinate.split('.')[1] ? '' : `${given.size}:`}${call.coordinate}(${name}:)`,
        valueOf(name),
      )
    if (call.coordinate !== 'Query.person') continue
    const subject = readSubject(valueOf('idDocumentType'), valueOf('idDocumentNumber'))
    subjects.push({ type: subject.type, number: subject.number })
    if (!subject.valid) invalid.push(call.key)
  }
  return { subjects, invalid, arguments: given }
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
