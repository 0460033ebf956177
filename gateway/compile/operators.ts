/**
 * An annotation says what an argument compares with, not how. Whether it keeps the answer within the given values
 * must be read from its name, and what is not sure counts as no: a grant's parameters (NT-18.1) are then not met.
 */

/** Operators inside an annotated input object that ask for one of the given values. */
const EXACT = new Set(['eq', 'equals', 'is', 'in', 'oneof'])

/** Words in a name under which other records than those with the value may come back. */
const LOOSE = new Set(
  (
    'not non ne neq nin nor none except exclude excludes excluding excluded without or any some either ' +
    'lt lte gt gte min max from to until before after since below above start starts prefix end ends suffix ' +
    'contain contains like match matches regex pattern search near'
  ).split(' '),
)

/**
 * Whether an argument or member of this name keeps the answer within its values.
 *
 * @param operator whether it is an operator inside the object that an annotation stands on
 */
export function restricts(name: string, operator: boolean): boolean {
  const plain = name.replaceAll('_', '').toLowerCase()
  return operator ? EXACT.has(plain) : wordsOf(name).every((word) => !LOOSE.has(word))
}

/** `divisionCode_not`, `notDivisionCode`, `NOT`: lower-case words. */
function wordsOf(name: string): readonly string[] {
  return name
    .split(/_|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase())
}
