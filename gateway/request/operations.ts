import { principalOf } from '../caller/caller.ts'
import type { Caller } from '../caller/caller.ts'
import type { PartyRegister } from '../caller/parties.ts'
import type { MatterSource } from '../grants/registers.ts'
import { judgeOperation } from './check-operation.ts'
import type { JudgedOperation, OperationGround } from './check-operation.ts'
import { repeatedOperations, scopeOf } from './registered-operation.ts'
import type { RegisteredOperation } from './registered-operation.ts'

/** Port: the register of operations. */
export interface OperationSource {
  /** Another list whenever the register has changed; in the order of the file. */
  current(): readonly RegisteredOperation[]
}

/** What a request refers to. */
export interface WantedOperation {
  /** A registered id; else the hash decides. */
  readonly id: string | null
  /** SHA-256 of the text, hex. */
  readonly hash: string | null
  /** As the request names it; null where it does not. */
  readonly operationName: string | null
}

/** An operation that is in force. */
export interface FoundOperation {
  readonly entry: RegisteredOperation
  /** Name of the operation to run; null where it has none. */
  readonly name: string | null
}

/** The operations in force, and how often one was missing. */
export interface Operations {
  /**
   * The operation of exactly the caller's department, application and matter; null where there is none, where its entry
   * has a fault, and where it is somebody else's: these are not told apart.
   */
  find(caller: Caller, wanted: WantedOperation): FoundOperation | null
  /** Counts a document that ran without being registered; how many of the application there were since the start. */
  countUnregistered(caller: Pick<Caller, 'department' | 'application'>): number
}

/** What entries are held against at the time of a request. */
export interface OperationStanding {
  /** The generation in service, and how long a document may be. */
  readonly ground: () => OperationGround
  readonly matters: MatterSource
  readonly parties: PartyRegister
}

/** Finds operations; each entry is judged when it is first asked for, and again when what it rests on has changed. */
export function createOperations(source: OperationSource, standing: OperationStanding): Operations {
  const judge = createJudge(standing)
  const missed = new Map<string, number>()
  let index: { readonly of: readonly RegisteredOperation[]; readonly scopes: Scopes } | null = null

  const scopes = (): Scopes => {
    const all = source.current()
    if (index?.of !== all) index = { of: all, scopes: scopesOf(all) }
    return index.scopes
  }
  return {
    find(caller, { id, hash, operationName }) {
      const matter = caller.matter === null ? null : standing.matters.find(caller.matter)
      // An entry serves the standing in which the matter is handled: a delegate's only while it acts for the owner.
      if (matter === null || matter.department !== principalOf(caller)) return null
      const own = scopes().get(scopeOf({ ...caller, matter: matter.code })) ?? []
      const fitting = own
        .filter((one) => (id === null ? one.hash === hash : one.id === id))
        .map((entry) => ({ entry, ...judge(entry) }))
        .filter(({ faults, name }) => faults.length === 0 && (operationName === null || operationName === name))
      const [first, ...others] = fitting
      // Of several operations of one document none is meant where none is named.
      return first && others.length === 0 ? { entry: first.entry, name: first.name } : null
    },
    countUnregistered({ department, application }) {
      const key = JSON.stringify([department, application])
      const count = (missed.get(key) ?? 0) + 1
      missed.set(key, count)
      return count
    },
  }
}

type Scopes = ReadonlyMap<string, readonly RegisteredOperation[]>

function scopesOf(all: readonly RegisteredOperation[]): Scopes {
  const repeated = repeatedOperations(all)
  return Map.groupBy(
    all.filter((one) => !repeated.has(one)),
    scopeOf,
  )
}

/** Judges an entry once for each catalogue, matter and party that it meets. */
function createJudge({ ground, matters, parties }: OperationStanding) {
  const known = new WeakMap<
    RegisteredOperation,
    { readonly basis: readonly unknown[]; readonly judged: JudgedOperation }
  >()
  return (one: RegisteredOperation): JudgedOperation => {
    const against = { ...ground(), matter: matters.find(one.matter), party: parties.find(one.department) }
    const basis = [against.schema, against.matter, against.party]
    const last = known.get(one)
    if (last?.basis.every((part, at) => part === basis[at])) return last.judged
    const judged = judgeOperation(one, against)
    known.set(one, { basis, judged })
    return judged
  }
}
