/** Parts of graphql-js's texts that quote the document's own values. */
const QUOTING: readonly (readonly [RegExp, string])[] = [
  // Apollo hides suggestions of validation; none must come from anywhere else.
  [/ ?Did you mean .*$/s, ''],
  [/, found .*$/s, ''],
  [/ but found: .*$/s, ''],
  [/^Syntax Error: (?:Unexpected|Invalid|Expected) .*$/s, 'Syntax Error'],
  [/^Unknown operation named .*$/s, 'There is no operation of that name'],
  [/^Value ".*" does not exist in/s, 'The value does not exist in'],
  [/ (?:non[- ]\w+|a non[- ]\w+) value: .*$/s, ' the value given'],
  [/ value: .*$/s, ' value'],
  [/^(\w+) cannot represent .*$/s, '$1 cannot represent the value given'],
]

/** Whatever is quoted, and what of it may stay: a name or a type of GraphQL. */
const QUOTED = /"((?:[^"\\]|\\.)*)"/gs
const NAME_OR_TYPE = /^[\w$@!.[\]]{1,80}$/

/**
 * A text of graphql-js without the values that it quotes: position and type remain. What still looks like a number
 * of a person, or runs on too long, is cut as well.
 */
export function withoutValues(text: string): string {
  const cut = QUOTING.reduce((left, [pattern, replacement]) => left.replace(pattern, replacement), text)
  const named = cut.replace(QUOTED, (quoted, inner: string) => (NAME_OR_TYPE.test(inner) ? quoted : '…'))
  // The texts themselves are ASCII: anything else is the document's.
  return named
    .replace(/[^\x20-\x7e]+/g, '…')
    .replace(/\d{5,}/g, '#')
    .slice(0, 300)
}
