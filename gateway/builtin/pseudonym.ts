import type { CallContext } from '../../subgraphs/kit/contract.ts'
import { createPseudonyms } from '../keys/consumer-pseudonym.ts'
import type { Pseudonyms } from '../keys/consumer-pseudonym.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { readSubject } from './subject.ts'

/** The key of a person, as a lookup or another department gives it. */
export interface PersonKey {
  readonly idDocumentType?: unknown
  readonly idDocumentNumber?: unknown
}

/** What the resolvers of one call work with. */
export interface BuiltinState {
  /** Null where nobody asks for anything in particular: there is no matter to join in. */
  readonly pseudonyms: Pseudonyms | null
}

/** Reads the state of a call from its context. */
export type ReadState = (context: CallContext | null) => BuiltinState

/**
 * One operation has one context, however often it comes by here: all its pseudonyms are of the keys of one moment, or a
 * person could have two in one answer while a key is rotated.
 */
export function stateReader(keys: Pick<KeyRing, 'usedSecrets'>): ReadState {
  const states = new WeakMap<CallContext, BuiltinState>()
  return (context) => {
    if (context === null || context.matter === null) return { pseudonyms: null }
    const known = states.get(context)
    if (known) return known
    const { consumer, matter } = context
    const state = { pseudonyms: createPseudonyms(keys.usedSecrets('consumer-pseudonym'), { consumer, matter }) }
    states.set(context, state)
    return state
  }
}

/** `Person.pseudonym`: by the key in use; null without a matter, and for a number that cannot exist. */
export function pseudonym(person: PersonKey, _arguments: unknown, state: BuiltinState): string | null {
  return pseudonymsOf(person, state)?.[0] ?? null
}

/**
 * `Person.formerPseudonyms`: by the older keys that are accepted; data joined before a rotation are joined on by them. A
 * key that is not used yet gives none: nothing was joined by it, and it may be thrown away before its time.
 */
export function formerPseudonyms(
  person: PersonKey,
  _arguments: unknown,
  state: BuiltinState,
): readonly string[] | null {
  return pseudonymsOf(person, state)?.slice(1) ?? null
}

/** A masked or mistyped number may be several people's: it has no pseudonym, rather than one that joins them. */
function pseudonymsOf(person: PersonKey, { pseudonyms }: BuiltinState): readonly string[] | null {
  const { type, number, valid } = readSubject(person.idDocumentType, person.idDocumentNumber)
  return valid && pseudonyms ? pseudonyms(type, number) : null
}
