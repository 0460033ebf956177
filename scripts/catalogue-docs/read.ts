import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Supergraph } from '@apollo/federation-internals'
import { Kind, parse } from 'graphql'
import type { GraphQLSchema, ObjectTypeDefinitionNode, ObjectTypeExtensionNode } from 'graphql'
import type { Catalog } from '../../gateway/catalog/catalog.ts'
import { readablePlaces, descriptionOf } from '../../gateway/catalog/lint/places.ts'
import { printFault } from '../../gateway/catalog/fault.ts'
import { servedSchema } from '../../gateway/compile/served-schema.ts'
import { composeCity, readSources } from '../../gateway/start/composition.ts'
import { departments } from '../../subgraphs/departments.ts'

export type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode

/** What the pages are printed from. */
export interface CatalogueSource {
  readonly catalog: Catalog
  /** As applications see it: every output field nullable. */
  readonly schema: GraphQLSchema
  readonly departments: readonly DepartmentSource[]
}

/** One department, as its own folder tells it. */
export interface DepartmentSource {
  readonly code: string
  /** Title of its README: `Housing provident fund (住房公积金管理中心)`. */
  readonly title: { readonly zh: string; readonly en: string }
  /** The lines of its README that begin with `System:` and `Adapter:`. */
  readonly system: string
  readonly adapter: string
  /** Object types of its SDL, in its order. */
  readonly types: ReadonlyMap<string, ObjectNode>
  /** Description of each coordinate of its SDL. */
  readonly words: ReadonlyMap<string, string>
  /** Enum → its values, as its SDL has them. */
  readonly enums: ReadonlyMap<string, readonly string[]>
}

/**
 * Reads every department and composes them.
 * @throws where they do not compose, with every fault: a page of half a catalogue would mislead
 */
export function readCatalogue(): CatalogueSource {
  const composition = composeCity()
  if (composition.kind === 'faulty') throw new Error(composition.faults.map(printFault).join('\n'))
  const { schema } = servedSchema(Supergraph.build(composition.supergraphSdl).apiSchema().toGraphQLJSSchema())
  const sdls = new Map(readSources().map(({ department, sdl }) => [department, sdl]))
  return {
    catalog: composition.catalog,
    schema,
    departments: departments.map(({ name, schema: url }) =>
      readDepartment(name, readFileSync(`${dirname(fileURLToPath(url))}/README.md`, 'utf8'), sdls.get(name) ?? ''),
    ),
  }
}

/** One department out of the texts of its README and its SDL. */
export function readDepartment(code: string, readme: string, sdl: string): DepartmentSource {
  const document = parse(sdl)
  const line = (word: string): string => new RegExp(`^${word}: (.*)$`, 'm').exec(readme)?.[1] ?? ''
  const enums = new Map<string, string[]>()
  const types = new Map<string, ObjectNode>()
  for (const one of document.definitions) {
    if (one.kind === Kind.ENUM_TYPE_DEFINITION)
      enums.set(
        one.name.value,
        (one.values ?? []).map((v) => v.name.value),
      )
    if (one.kind === Kind.OBJECT_TYPE_DEFINITION || one.kind === Kind.OBJECT_TYPE_EXTENSION)
      types.set(one.name.value, one)
  }
  const words = new Map([...readablePlaces(document)].map((place) => [place.at, descriptionOf(place) ?? '']))
  return { code, title: titleOf(readme, code), system: line('System'), adapter: line('Adapter'), types, words, enums }
}

function titleOf(readme: string, code: string): DepartmentSource['title'] {
  const heading = /^# (.*)$/m.exec(readme)?.[1] ?? code
  const [, en = heading, zh = heading] = /^([^(]*?) \(([^)]*)\)/.exec(heading) ?? []
  // Behind a comma the heading says in English what else belongs to it.
  return { zh: zh.split(',')[0] ?? zh, en }
}

/** The Chinese and the English half of a description (docs/schema-style.md). */
export function halves(description: string): { readonly zh: string; readonly en: string } {
  const dot = description.indexOf(' · ')
  if (dot >= 0) return { zh: description.slice(0, dot), en: description.slice(dot + 3) }
  const lines = description.split('\n').map((line) => line.trim())
  return { zh: lines[0] ?? '', en: lines.slice(1).join(' ') }
}
