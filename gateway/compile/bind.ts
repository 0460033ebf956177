import type { GraphQLInputType, GraphQLSchema } from 'graphql'
import { coerceInputValue, isInputType, isNonNullType, typeFromAST, valueFromAST } from 'graphql'
import { Failure } from '../vocabulary/failure.ts'
import type { Binding } from './normalise.ts'
import { bareRecord } from '../vocabulary/bare-record.ts'

/** Values of the normalised operation's variables. */
export type BoundVariables = Readonly<Record<string, unknown>>

/**
 * Coerces a request's variables and lifted literals to the normalised operation's variables. A fault names the
 * variable, the place in it and the type, never the value (graphql-js quotes the value).
 *
 * @throws Failure BAD_USER_INPUT
 */
export function bindVariables(
  schema: GraphQLSchema,
  bindings: readonly Binding[],
  given: Readonly<Record<string, unknown>>,
): BoundVariables {
  const bound = bareRecord<unknown>()
  const originals = bareRecord<unknown>()
  for (const binding of bindings.filter((one) => one.kind === 'variable')) {
    const value = bindVariable(schema, binding, given)
    if (value === undefined) continue
    bound[binding.name] = value
    originals[binding.definition.variable.name.value] = value
  }
  for (const binding of bindings.filter((one) => one.kind === 'literal'))
    bound[binding.name] = bindLiteral(binding, originals)
  return bound
}

/** Only inside a custom scalar can a literal have escaped validation: what is wrong there is known when it is read. */
function bindLiteral(binding: Binding & { kind: 'literal' }, originals: Readonly<Record<string, unknown>>): unknown {
  const value = valueFromAST(binding.value, binding.type, originals)
  if (value !== undefined) return value
  throw new Failure('BAD_USER_INPUT', {
    detail: {
      zh: `有一个字面值不符合类型 ${String(binding.type)}`,
      en: `a literal does not fit the type ${String(binding.type)}`,
    },
  })
}

function bindVariable(
  schema: GraphQLSchema,
  binding: Binding & { kind: 'variable' },
  given: Readonly<Record<string, unknown>>,
): unknown {
  const { definition, nonNull } = binding
  const name = definition.variable.name.value
  const found = typeFromAST(schema, definition.type)
  const type: GraphQLInputType | undefined = found && isInputType(found) ? found : undefined
  if (!type) throw misfit(name, [], 'an input type')
  const value = Object.hasOwn(given, name) ? given[name] : undefined
  const chosen = value === undefined && definition.defaultValue ? valueFromAST(definition.defaultValue, type) : value
  if (chosen === undefined) {
    if (isNonNullType(type)) throw misfit(name, [], String(type))
    return undefined
  }
  if (chosen === null) {
    if (isNonNullType(type) || nonNull) throw misfit(name, [], `${String(type).replace(/!$/, '')}!`)
    return null
  }
  if (value === undefined) return chosen
  return coerceInputValue(value, type, (path) => {
    throw misfit(name, path, String(type))
  })
}

function misfit(variable: string, path: readonly (string | number)[], type: string): Failure {
  const place = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')
  return new Failure('BAD_USER_INPUT', {
    detail: {
      zh: `$${variable}${place} 不符合变量的类型 ${type}`,
      en: `$${variable}${place} does not fit the variable's type ${type}`,
    },
  })
}
