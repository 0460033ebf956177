/** What a change of the catalogue does to what departments may learn. */
export type Effect = 'WIDER' | 'NARROWER' | 'NEUTRAL'

/** Judges a change of one fact; the two values differ. */
export type Judge<T> = (before: T, after: T) => Effect

/** Says nothing of what may be learned: names, reasons, contacts. */
export const neutral: Judge<unknown> = () => 'NEUTRAL'

/** What is later in the list is stricter. */
export function towards<T>(...laxToStrict: readonly T[]): Judge<T> {
  return (before, after) => bySize(laxToStrict.indexOf(after) - laxToStrict.indexOf(before))
}

/** True, or a value, holds something back; false, or null, does not. */
export const restricts: Judge<unknown> = (before, after) => bySize(Number(isSet(after)) - Number(isSet(before)))

/** True, or a value, lets something out; false, or null, does not. */
export const opens: Judge<unknown> = (before, after) => bySize(Number(isSet(before)) - Number(isSet(after)))

/** Each member holds something back: one that is gone opens, whatever else came. */
export function members<T>(before: readonly T[], after: readonly T[]): Effect {
  if (before.some((one) => !after.includes(one))) return 'WIDER'
  return after.some((one) => !before.includes(one)) ? 'NARROWER' : 'NEUTRAL'
}

/** Above zero: stricter than before. */
export function bySize(stricter: number): Effect {
  return stricter > 0 ? 'NARROWER' : stricter < 0 ? 'WIDER' : 'NEUTRAL'
}

/**
 * What holds something back, and which thing it is: gained and lost as `restricts`; another of its kind is WIDER, for what the
 * first held back may be out now. A person looks at what is WIDER.
 */
export const holdsBack: Judge<unknown> = (before, after) => {
  const gained = restricts(before, after)
  return gained === 'NEUTRAL' && isSet(before) ? 'WIDER' : gained
}

function isSet(value: unknown): boolean {
  return value !== null && value !== false && !(typeof value === 'string' && value.trim() === '')
}
