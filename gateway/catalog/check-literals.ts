import type { ConstArgumentNode, ConstDirectiveNode } from 'graphql'
import { Kind } from 'graphql'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'

const FLAGS = new Set([
  'verifyOnly',
  'lowEntropy',
  'emergencyExcluded',
  'prohibited',
  'parameterControl',
  'urgent',
  'exact',
  'secret',
  'varies',
  'proposed',
])
const LISTS = new Set(['basis', 'grounds', 'scope', 'embeds', 'themes', 'for'])

/**
 * Holds the literals of one of our annotations against their types. The composer takes an enum value for a string, as
 * in `embeds: [ID]`; reading it as absent would open what it closes.
 */
export function checkLiterals(file: string, directive: ConstDirectiveNode): Finding[] {
  return (directive.arguments ?? []).flatMap((one) => {
    const expected = expectation(one)
    if (expected === null) return []
    const message = `@${directive.name.value}: ${one.name.value} must be ${expected}`
    return [findingAt(file, one, 'VALUE_UNKNOWN', message, null)]
  })
}

function expectation({ name, value }: ConstArgumentNode): string | null {
  if (FLAGS.has(name.value)) return value.kind === Kind.BOOLEAN ? null : 'true or false'
  if (LISTS.has(name.value) && value.kind === Kind.LIST)
    return value.values.every((one) => one.kind === Kind.STRING) ? null : 'a list of strings'
  return value.kind === Kind.STRING ? null : 'a string'
}
