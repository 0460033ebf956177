import { readFileSync } from 'node:fs'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { execute, parse } from 'graphql'
import type { CallContext, SubgraphAnswer, SubgraphRequest } from '../../subgraphs/kit/contract.ts'
import { documentCache } from '../../subgraphs/kit/documents.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { formerPseudonyms, pseudonym, stateReader } from './pseudonym.ts'
import type { PersonKey } from './pseudonym.ts'
import { readLegalSubject, readSubject } from './subject.ts'

/** Name of the built-in subgraph in the supergraph. */
export const BUILTIN = 'gateway'

/** Its SDL, as a file: composed like any department's. */
export const BUILTIN_SCHEMA = new URL('./schema.graphql', import.meta.url)

/** A running built-in subgraph; the context is null where nobody in particular asks. */
export interface Builtin {
  execute(request: SubgraphRequest, context: CallContext | null): Promise<SubgraphAnswer>
}

/**
 * The built-in subgraph. A lookup answers a reference for every well-formed key: existence is told by the
 * departments' own fields alone, and no department need be up for the others to answer.
 *
 * @param definitions `schema/sharing.graphql`
 * @param keys for pseudonyms, read once for each operation
 */
export function createBuiltin(definitions: string, keys: Pick<KeyRing, 'usedSecrets'>): Builtin {
  const typeDefs = parse(`${readFileSync(BUILTIN_SCHEMA, 'utf8')}\n${definitions}`)
  const schema = buildSubgraphSchema([
    {
      typeDefs,
      resolvers: {
        Query: { person, persons, legalEntity },
        Person: { ...REFERENCE, pseudonym, formerPseudonyms },
        LegalEntity: REFERENCE,
      },
    },
  ])
  const prepare = documentCache(schema)
  const stateOf = stateReader(keys)
  return {
    async execute(request, context) {
      const prepared = prepare(request.query)
      if (prepared.kind === 'REFUSED') return { errors: [{ message: prepared.code }] }
      const result = await execute({
        schema,
        document: prepared.document,
        variableValues: request.variables,
        contextValue: stateOf(context),
      })
      return result.errors
        ? { errors: result.errors.map(({ path }) => ({ message: 'INTERNAL', ...(path ? { path } : {}) })) }
        : { data: result.data ?? null }
    },
  }
}

const REFERENCE = { __resolveReference: (one: object) => one }

function persons(_root: unknown, { keys }: { keys: readonly PersonKey[] }): (object | null)[] {
  return keys.map((key) => person(null, key))
}

function legalEntity(_root: unknown, key: { identifierType: unknown; identifier: unknown }): object | null {
  const subject = readLegalSubject(key.identifierType, key.identifier)
  return subject.valid ? { identifierType: subject.type, identifier: subject.number } : null
}

function person(_root: unknown, key: PersonKey): object | null {
  const subject = readSubject(key.idDocumentType, key.idDocumentNumber)
  return subject.valid ? { idDocumentType: subject.type, idDocumentNumber: subject.number } : null
}
