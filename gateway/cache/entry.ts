import type { SubgraphReply } from '../execute/subgraph-client.ts'

/** One entity as it is kept: as text, because whoever is given it may change it. */
export interface Kept {
  /** JSON of what the department answered; `null` where it has no such entity. */
  readonly text: string
  readonly sources: SubgraphReply['sources']
  /** Milliseconds of the wall clock from which it is used no more. */
  readonly until: number
}

/** An entity as text to be sealed: its facts on a line of their own, so that its JSON need not be read twice. */
export function writeKept({ text, sources, until }: Kept): string {
  return `${JSON.stringify([until, sources])}\n${text}`
}

/** The entity in an opened text. Only what this gateway sealed is ever opened, so its shape is known. */
export function readKept(opened: string): Kept {
  const end = opened.indexOf('\n')
  const [until, sources] = JSON.parse(opened.slice(0, end)) as [number, SubgraphReply['sources']]
  return { text: opened.slice(end + 1), sources, until }
}

/** The oldest time of each record type over several answers: the honest one where they differ. */
export function oldestTimes(answers: readonly SubgraphReply['sources'][]): SubgraphReply['sources'] {
  const times = new Map<string, string>()
  for (const { type, asOf } of answers.flat()) {
    const known = times.get(type)
    if (known === undefined || Date.parse(asOf) < Date.parse(known)) times.set(type, asOf)
  }
  return [...times].map(([type, asOf]) => ({ type, asOf }))
}
