import type { ConstDirectiveNode, DocumentNode, EnumValueDefinitionNode, InputValueDefinitionNode } from 'graphql'
import { Kind } from 'graphql'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import { intended } from './links.ts'
import type { Links } from './links.ts'
import type { DepartmentReading } from './read-department.ts'
import { namedType, placesOf } from './shape.ts'

/** Arguments that only turn pages, with the types that a page has; whatever is of another type may be a value. */
const PAGING: ReadonlyMap<string, readonly string[]> = new Map([
  ['first', ['Int']],
  ['last', ['Int']],
  ['after', ['String', 'ID']],
  ['before', ['String', 'ID']],
])

/** What holds conditions and compares nothing itself: its members are judged, each by itself. */
const CONTAINERS = new Set(['filter', 'filters', 'where', 'and', 'all', 'input', 'not', 'or'])

/**
 * An argument that names no coordinate chooses records by a value that no decision guards (INV-6): every argument of a
 * department's field, member of an input and value of an enum that orders says by `@filters` what it filters by.
 * Excepted are pages, containers of conditions and what stands inside an annotation, which covers it.
 */
export function checkFiltersSaid(reading: DepartmentReading): Finding[] {
  const { document, links, source } = reading
  if (!document || !links || source.builtin) return []
  const inputs = inputsOf(document, links)
  const unsaid = new Map([...argumentsOf(document)].flatMap((one) => [...unsaidIn(one, inputs, new Set())]))
  return [...unsaid].map(([node, at]) => {
    const message = `${at} does not say what it filters, orders or groups by: add @filters(field:)`
    return findingAt(source.file, node, 'FILTER_MISSING', message, 'MINIMUM')
  })
}

type Saying = InputValueDefinitionNode | EnumValueDefinitionNode

/** What can be given a value: an argument, or a member of an input. */
interface Input {
  readonly at: string
  readonly node: InputValueDefinitionNode
  readonly isArgument: boolean
}

/** Input types and enums of one document, and what in them is annotated. */
interface Inputs {
  readonly members: ReadonlyMap<string, readonly InputValueDefinitionNode[]>
  readonly values: ReadonlyMap<string, readonly EnumValueDefinitionNode[]>
  readonly isSaid: (node: Saying) => boolean
}

function inputsOf({ definitions }: DocumentNode, links: Links): Inputs {
  const members = new Map<string, InputValueDefinitionNode[]>()
  const values = new Map<string, EnumValueDefinitionNode[]>()
  for (const one of definitions) {
    if (one.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION || one.kind === Kind.INPUT_OBJECT_TYPE_EXTENSION)
      members.set(one.name.value, [...(members.get(one.name.value) ?? []), ...(one.fields ?? [])])
    if (one.kind === Kind.ENUM_TYPE_DEFINITION || one.kind === Kind.ENUM_TYPE_EXTENSION)
      values.set(one.name.value, [...(values.get(one.name.value) ?? []), ...(one.values ?? [])])
  }
  const isFilters = (directive: ConstDirectiveNode): boolean => intended(links, directive.name.value) === 'filters'
  return { members, values, isSaid: ({ directives = [] }) => directives.some(isFilters) }
}

/** Arguments of every field; those of a field that is another department's are told where it stands in its own SDL. */
function* argumentsOf(document: DocumentNode): Iterable<Input> {
  for (const { at, node } of placesOf(document)) {
    if (node.kind !== Kind.FIELD_DEFINITION) continue
    if (node.directives?.some(({ name }) => name.value === 'external')) continue
    for (const one of node.arguments ?? []) yield { at: `${at}(${one.name.value}:)`, node: one, isArgument: true }
  }
}

function* unsaidIn(input: Input, inputs: Inputs, around: Set<string>): Iterable<readonly [Saying, string]> {
  const { at, node, isArgument } = input
  const type = namedType(node.type)
  if (inputs.isSaid(node) || (isArgument && PAGING.get(node.name.value)?.includes(type))) return
  const values = inputs.values.get(type) ?? []
  const members = inputs.members.get(type)
  if (values.some(inputs.isSaid)) {
    for (const one of values) if (!inputs.isSaid(one)) yield [one, `${type}.${one.name.value}`]
  } else if (!members || !CONTAINERS.has(plain(node.name.value))) {
    yield [node, at]
  } else if (!around.has(type)) {
    around.add(type)
    for (const one of members)
      yield* unsaidIn({ at: `${type}.${one.name.value}`, node: one, isArgument: false }, inputs, around)
  }
}

/** `_and` and `AND` are spelt so in many departments. */
function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}
