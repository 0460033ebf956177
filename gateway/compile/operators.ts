/**
 * Words that keep an answer within the values of an annotation that they stand in or around. What is not in these lists
 * counts as no: a list of what is loose could always be added to, and what it did not have would be taken for equality.
 */

/** Operators inside an annotated input object that ask for one of the given values. */
const EXACT = new Set(['eq', 'equals', 'is', 'in', 'oneof'])

/** Arguments and members that hold conditions which must all be met. */
const CONTAINERS = new Set(['filter', 'filters', 'where', 'and', 'all', 'input'])

/** Whether a member of an annotated input object asks for one of its values. */
export function isExactOperator(name: string): boolean {
  return EXACT.has(plain(name))
}

/** Whether an argument or member without an annotation holds conditions that all hold. */
export function isConjunction(name: string): boolean {
  return CONTAINERS.has(plain(name))
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}
