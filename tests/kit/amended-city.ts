import type { ConstDirectiveNode, DirectiveNode } from 'graphql'
import { Kind, parse, parseConstValue, print, visit } from 'graphql'
import { judge, readCity } from '../../gateway/catalog/compose.ts'
import type { CityReading, Composition } from '../../gateway/catalog/compose.ts'
import { printFault } from '../../gateway/catalog/fault.ts'
import { readDefinitions, readRegistrations, readRules, readSources } from '../../gateway/start/composition.ts'

/**
 * What a department registers otherwise than the demonstration city does: coordinate or record type → annotation →
 * arguments. An argument or an annotation that is null is taken away; what is not named stays.
 */
export type Amendments = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>> | null>>>>

/**
 * The city with amended annotations, composed and judged as `gongxiang compose` does under a regime.
 *
 * @throws Error with every fault, and where an amendment finds no place
 */
export function composeAmended(amendments: Amendments, regime: string): Composition & { readonly kind: 'composed' } {
  const composition = judge(readAmended(amendments), readRules(regime))
  if (composition.kind === 'faulty') throw new Error(composition.faults.map(printFault).join('\n'))
  return composition
}

/** The city with amended annotations, read and not judged yet. @throws Error where an amendment finds no place */
export function readAmended(amendments: Amendments): CityReading {
  const unused = new Set(Object.keys(amendments))
  const sources = readSources().map((source) => ({ ...source, sdl: amend(source.sdl, amendments, unused) }))
  if (unused.size > 0) throw new Error(`there is no ${[...unused].join(', ')} to amend`)
  return readCity(sources, readDefinitions(), readRegistrations())
}

function amend(sdl: string, amendments: Amendments, unused: Set<string>): string {
  let type = ''
  const changed = <T extends { readonly directives?: readonly ConstDirectiveNode[] | undefined }>(
    at: string,
    node: T,
  ): T => {
    const wanted = amendments[at]
    const own = node.directives ?? []
    // A type may be extended by several departments: only the one that registers it is amended.
    if (!wanted || own.length === 0) return node
    unused.delete(at)
    return { ...node, directives: withArguments(own, wanted) }
  }
  const document = visit(parse(sdl), {
    ObjectTypeDefinition: {
      enter(node) {
        type = node.name.value
        const registers = node.directives?.some(({ name }) => name.value === 'resource') ?? false
        return registers ? changed(type, node) : undefined
      },
    },
    FieldDefinition: (node) => changed(`${type}.${node.name.value}`, node),
  })
  return print(document)
}

function withArguments(
  directives: readonly ConstDirectiveNode[],
  wanted: Amendments[string],
): readonly ConstDirectiveNode[] {
  const kept = directives.filter(({ name }) => wanted[name.value] !== null)
  const missing = Object.keys(wanted).filter((name) => !directives.some((one) => one.name.value === name))
  const added = missing.map((value): ConstDirectiveNode => ({
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value },
    arguments: [],
  }))
  return [...kept, ...added].map((one) => merged(one, wanted[one.name.value] ?? {}))
}

function merged(directive: ConstDirectiveNode, changes: Readonly<Record<string, unknown>>): ConstDirectiveNode {
  const kept = (directive.arguments ?? []).filter(({ name }) => !Object.hasOwn(changes, name.value))
  const given = Object.entries(changes).flatMap(([name, value]) =>
    value === null
      ? []
      : [
          {
            kind: Kind.ARGUMENT,
            name: { kind: Kind.NAME, value: name },
            // Texts, numbers, booleans and lists of them are written alike in JSON and in GraphQL.
            value: parseConstValue(JSON.stringify(value)),
          } as const,
        ],
  )
  return { ...directive, arguments: [...kept, ...given] } satisfies DirectiveNode
}
