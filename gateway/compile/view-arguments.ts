import type {
  DefinitionNode,
  EnumTypeDefinitionNode,
  FieldDefinitionNode,
  InputObjectTypeDefinitionNode,
  InputValueDefinitionNode,
  InterfaceTypeDefinitionNode,
  ObjectTypeDefinitionNode,
  TypeNode,
} from 'graphql'
import { Kind } from 'graphql'

/** Whether an annotated place may not be given: an argument `Type.field(argument:)`, an `Input.member`, an `Enum.VALUE`. */
type IsRefused = (place: string) => boolean

type Fielded = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode

/**
 * Definitions without what a request must not filter, order or group by (INV-6): an argument, a member or a value that
 * is always refused is no offer. What can then not be given any more goes too: inputs and enums of which nothing is
 * left, what is of such a type, and a field that cannot be asked without it.
 */
export function usableArguments(definitions: readonly DefinitionNode[], isRefused: IsRefused): DefinitionNode[] {
  const left = withoutRefusedInputs(definitions, isRefused)
  const gone = unusableTypes(definitions, left)
  const refusedPlace = placesRefused(definitions.filter(isFielded), isRefused)
  return left
    .filter((one) => !('name' in one) || !one.name || !gone.has(one.name.value))
    .map((one) => {
      if (one.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
        return { ...one, fields: (one.fields ?? []).filter(({ type }) => !gone.has(named(type))) }
      if (!isFielded(one)) return one
      const fields = (one.fields ?? []).flatMap((field) => usableField(one, field, gone, refusedPlace) ?? [])
      return { ...one, fields } satisfies Fielded
    })
}

function withoutRefusedInputs(definitions: readonly DefinitionNode[], isRefused: IsRefused): DefinitionNode[] {
  const answered = new Set(
    definitions.filter(isFielded).flatMap(({ fields = [] }) => fields.map(({ type }) => named(type))),
  )
  return definitions.map((one) => {
    const refused = ({ name }: { readonly name: { readonly value: string } }): boolean =>
      'name' in one && isRefused(`${one.name?.value ?? ''}.${name.value}`)
    if (one.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
      return { ...one, fields: (one.fields ?? []).filter((member) => !refused(member)) }
    // What a department may answer is no offer to filter by, and a client has to know all of it.
    if (one.kind !== Kind.ENUM_TYPE_DEFINITION || answered.has(one.name.value)) return one
    return { ...one, values: (one.values ?? []).filter((value) => !refused(value)) }
  })
}

/**
 * Names of the inputs and enums of which no value can be made any more. Found from the usable ones upwards, so that
 * conditions that only nest each other (`and: [Filter!]`) do not keep each other alive.
 */
function unusableTypes(before: readonly DefinitionNode[], left: readonly DefinitionNode[]): ReadonlySet<string> {
  const enums = left.filter((one): one is EnumTypeDefinitionNode => one.kind === Kind.ENUM_TYPE_DEFINITION)
  const inputs = left.filter(isInput)
  const open = new Set([...enums.filter(({ values }) => values?.length === 0), ...inputs].map(({ name }) => name.value))
  const originals = new Map(before.filter(isInput).map((one) => [one.name.value, one]))
  const canBeMade = ({ name, fields = [] }: InputObjectTypeDefinitionNode): boolean => {
    const usable = fields.filter(({ type }) => !open.has(named(type)))
    const names = new Set(usable.map((one) => one.name.value))
    const needed = (originals.get(name.value)?.fields ?? []).filter((one) => isNeeded(one) || isForced(one, fields))
    return usable.length > 0 && needed.every((one) => names.has(one.name.value))
  }
  for (let size = -1; size !== open.size;) {
    size = open.size
    for (const one of inputs) if (open.has(one.name.value) && canBeMade(one)) open.delete(one.name.value)
  }
  return open
}

/** A refused member that gives itself, by its default, whenever the object is given. */
function isForced(one: InputValueDefinitionNode, left: readonly InputValueDefinitionNode[]): boolean {
  return one.defaultValue !== undefined && !left.some(({ name }) => name.value === one.name.value)
}

/** An argument counts on its type, on the interfaces of it, and for an interface on whatever implements it. */
function placesRefused(types: readonly Fielded[], isRefused: IsRefused): (type: Fielded, place: string) => boolean {
  const implementers = Map.groupBy(
    types.flatMap((type) => (type.interfaces ?? []).map((one) => ({ of: one.name.value, by: type.name.value }))),
    ({ of }) => of,
  )
  return (type, place) => {
    const above = (type.interfaces ?? []).map(({ name }) => name.value)
    const below = (implementers.get(type.name.value) ?? []).map(({ by }) => by)
    return [type.name.value, ...above, ...below].some((name) => isRefused(`${name}.${place}`))
  }
}

/** Null for a field that cannot be asked without an argument that is gone. */
function usableField(
  type: Fielded,
  field: FieldDefinitionNode,
  gone: ReadonlySet<string>,
  refusedPlace: (type: Fielded, place: string) => boolean,
): FieldDefinitionNode | null {
  const kept: InputValueDefinitionNode[] = []
  for (const argument of field.arguments ?? []) {
    const refused = refusedPlace(type, `${field.name.value}(${argument.name.value}:)`)
    if (!refused && !gone.has(named(argument.type))) kept.push(argument)
    else if (isNeeded(argument) || (refused && argument.defaultValue)) return null
  }
  return { ...field, arguments: kept }
}

function isNeeded({ type, defaultValue }: InputValueDefinitionNode): boolean {
  return type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined
}

function isInput(one: DefinitionNode): one is InputObjectTypeDefinitionNode {
  return one.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
}

function isFielded(one: DefinitionNode): one is Fielded {
  return one.kind === Kind.OBJECT_TYPE_DEFINITION || one.kind === Kind.INTERFACE_TYPE_DEFINITION
}

/** Name of the type within lists and `!`. */
export function named(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type)
}
