import type { GraphQLObjectType, GraphQLSchema, IntrospectionQuery } from 'graphql'
import { buildClientSchema, getNamedType, isLeafType, isListType, isNonNullType, isObjectType } from 'graphql'

/** Where an operation begins, and what it asks by. */
interface Root {
  readonly field: string
  readonly head: string
  readonly variables: Readonly<Record<string, string>>
}

const ROOTS: readonly Root[] = [
  {
    field: 'person',
    head: '($n: IdNumber!, $a: Boolean!, $b: Boolean!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n)',
    variables: { n: '110101199003070003' },
  },
  {
    field: 'legalEntity',
    head: '($n: EntityNumber!, $a: Boolean!, $b: Boolean!) { legalEntity(identifierType: USCC, identifier: $n)',
    variables: { n: '91110000600037341L' },
  },
]

/** Each field is left out, asked for, or asked for under a condition: no two of these documents mean the same. */
const STATES = [null, '', ' @include(if: $a)', ' @skip(if: $a)', ' @include(if: $b)'] as const

/** Fields of a document, at most: enough for as many documents as one can ask for. */
const FIELDS = 12

/** Spreads consecutive numbers over all documents; odd and no multiple of 5, so that none comes twice. */
const STRIDE = 48_271

/** The documents that one view can ask, by number. */
export interface Documents {
  readonly count: number
  /** A request's body; the same number, the same body. */
  body(number: number): string
}

/** Reads from a view's introspection what it can ask. @throws Error where that is too little to tell documents apart */
export function documentsOf(introspection: IntrospectionQuery): Documents {
  const schema = buildClientSchema(introspection)
  const root = ROOTS.find(({ field }) => schema.getQueryType()?.getFields()[field] !== undefined)
  if (!root) throw new Error('this view asks about nobody')
  const leaves = leavesOf(schema, root).slice(0, FIELDS)
  const count = STATES.length ** leaves.length
  if (count < 10_000) throw new Error(`this view has ${leaves.length} fields only`)
  return {
    count,
    body(number) {
      const variables = { ...root.variables, a: true, b: false }
      return JSON.stringify({ query: textOf(root, leaves, (number * STRIDE) % count), variables })
    },
  }
}

/** A field below the record, or below one of its records. */
interface Leaf {
  readonly record: string | null
  readonly name: string
}

function leavesOf(schema: GraphQLSchema, { field }: Root): readonly Leaf[] {
  const type = getNamedType(schema.getQueryType()?.getFields()[field]?.type)
  if (!isObjectType(type)) return []
  const records = plainFields(type).flatMap(({ name, type: of }) => {
    const record = getNamedType(of)
    return isObjectType(record) ? [ownLeaves(record).map((leaf) => ({ record: name, name: leaf }))] : []
  })
  const own = ownLeaves(type).map((name) => ({ record: null, name }))
  // One of each record in turn, so that the documents go to many departments.
  const most = Math.max(...records.map(({ length }) => length), 0)
  const turns = Array.from({ length: most }, (_, index) => records.flatMap((leaves) => leaves[index] ?? []))
  return [...own.slice(0, 3), ...turns.flat()]
}

function plainFields(type: GraphQLObjectType) {
  return Object.values(type.getFields()).filter(({ args }) => args.every((one) => !isNonNullType(one.type)))
}

function ownLeaves(type: GraphQLObjectType): readonly string[] {
  return plainFields(type)
    .filter(({ type: of }) => isLeafType(getNamedType(of)) && !isListType(of))
    .map(({ name }) => name)
}

function textOf({ head }: Root, leaves: readonly Leaf[], number: number): string {
  const chosen = leaves.flatMap(({ record, name }, place) => {
    const state = STATES[Math.floor(number / STATES.length ** place) % STATES.length]
    return typeof state === 'string' ? [{ record, text: `${name}${state}` }] : []
  })
  const records = new Map<string | null, string[]>()
  for (const { record, text } of chosen) records.set(record, [...(records.get(record) ?? []), text])
  const parts = [...records].map(([record, texts]) =>
    record === null ? texts.join(' ') : `${record} { ${texts.join(' ')} }`,
  )
  return `query Q${number} ${head} { __typename ${parts.join(' ')} } }`
}
