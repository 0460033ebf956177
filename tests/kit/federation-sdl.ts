import { readFileSync } from 'node:fs'
import type { ConstDirectiveNode, DefinitionNode, FieldDefinitionNode } from 'graphql'
import { Kind, parse, print } from 'graphql'

/** Definitions of the sharing specification. */
export const SHARING_DEFINITIONS = readFileSync(new URL('../../schema/sharing.graphql', import.meta.url), 'utf8')

const SHARING = ['@resource', '@share', '@masking', '@verify', '@filters', '@reference', '@declassifies', '@statistics']
const FEDERATION = [
  '@key',
  '@shareable',
  '@external',
  '@requires',
  '@provides',
  '@override',
  '@interfaceObject',
  '@composeDirective',
]

const HEADER = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ${JSON.stringify(FEDERATION)})
  @link(url: "https://gongxiang.example/sharing/v1.0", import: ${JSON.stringify(SHARING)})
  ${SHARING.map((name) => `@composeDirective(name: "${name}")`).join(' ')}
`

/** A department's full SDL from a short one: links added, and a class for every field that states none. */
export function fullSdl(short: string): string {
  const { definitions } = parse(short)
  return `${HEADER}\n${definitions.map((one) => print(classified(one))).join('\n\n')}\n`
}

/** Object types only: what an interface promises is decided on the concrete types. */
function classified(definition: DefinitionNode): DefinitionNode {
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION)
    return definition
  return { ...definition, fields: (definition.fields ?? []).map(withShare) }
}

function withShare(field: FieldDefinitionNode): FieldDefinitionNode {
  const given = field.directives ?? []
  if (given.some(({ name }) => name.value === 'share' || name.value === 'external')) return field
  return { ...field, directives: [...given, SHARE] }
}

const SHARE = readDirective('@share(class: "UNCONDITIONAL", level: "L1", title: "a field")')

function readDirective(text: string): ConstDirectiveNode {
  const [definition] = parse(`scalar S ${text}`).definitions
  const directive = definition?.kind === Kind.SCALAR_TYPE_DEFINITION ? definition.directives?.[0] : undefined
  if (!directive) throw new Error('not a directive')
  return directive
}
