import { randomBytes } from 'node:crypto'
import { ALL, namesOf } from './port.ts'
import type { EpochView, Epochs, Scope } from './port.ts'

/** Subjects whose epochs are remembered one by one; beyond, everything is invalidated instead. */
export const MOST_SUBJECTS = 10_000

/** A new epoch: never the same as any before, so that nothing of before can ever be found by it. */
export function newEpoch(): string {
  return randomBytes(12).toString('base64url')
}

/** Epochs of subjects, each until no entry of before can live. */
type SubjectEpochs = ReadonlyMap<string, { readonly epoch: string; readonly end: number }>

/** The same with some more, and without those that have ended; null where there would be too many. */
function withSubjects(
  known: SubjectEpochs,
  pseudonyms: readonly string[],
  { now, life }: { readonly now: number; readonly life: number },
): SubjectEpochs | null {
  const alive = [...known].filter(([, { end }]) => end > now)
  const moved = pseudonyms.map((one) => [one, { epoch: newEpoch(), end: now + life }] as const)
  const next = new Map([...alive, ...moved])
  return next.size > MOST_SUBJECTS ? null : next
}

/** As a view shows them. */
function shownSubjects(known: SubjectEpochs): EpochView['subjects'] {
  return new Map([...known].map(([pseudonym, { epoch }]) => [pseudonym, epoch]))
}

/**
 * The epochs of a process that shares its entries with nobody: they begin with it, and it hears of invalidations by the
 * file that all processes of the machine follow.
 *
 * @param onAll called once a new epoch of everything holds: what is kept is of no more use
 */
export function createLocalEpochs(
  options: { readonly life: number; readonly now: () => number },
  onAll: () => void = () => undefined,
): Epochs {
  let values = new Map([[ALL, newEpoch()]])
  let known: SubjectEpochs = new Map()
  let view: EpochView = { values, subjects: new Map(), keeping: true }
  return {
    current: () => view,
    move(scopes) {
      const pseudonyms = pseudonymsOf(scopes)
      const next = withSubjects(known, pseudonyms, { now: options.now(), life: options.life })
      const names = next === null ? [ALL] : scopes.flatMap(namesOf)
      known = next ?? new Map()
      values = new Map([...values, ...names.map((name) => [name, newEpoch()] as const)])
      view = { values, subjects: pseudonyms.length > 0 ? shownSubjects(known) : view.subjects, keeping: true }
      if (names.includes(ALL)) onAll()
      return Promise.resolve(true)
    },
  }
}

/** The pseudonyms that some scopes name. */
export function pseudonymsOf(scopes: readonly Scope[]): readonly string[] {
  return scopes.flatMap((scope) => (scope.kind === 'subject' ? scope.pseudonyms : []))
}
