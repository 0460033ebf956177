import { anchoredChains, anchoredNames } from '../adapters/anchor-store.ts'
import type { AnchorStore } from '../adapters/anchor-store.ts'
import { CommandFault, printNote } from './terminal.ts'

/** Checkpoints of one chain that are read from one place: the newest of them, and as many others evenly spread. */
const NEWEST = 1_000

/**
 * What second places keep of a replica's chains, one note behind the other, for the verification to judge.
 *
 * @throws CommandFault naming each place that cannot be read: what it knows must not go unasked unnoticed
 */
export async function anchoredNotes(stores: readonly AnchorStore[], replica: string): Promise<Uint8Array> {
  const read = await Promise.all(
    stores.map((store) =>
      notesOf(store, replica).catch((error: unknown) => {
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
        return { store, reason: cause instanceof Error ? cause.message : String(cause) }
      }),
    ),
  )
  const faults = read.flatMap((one) => ('reason' in one ? [`second place ${one.store.name}: ${one.reason}`] : []))
  if (faults.length > 0) throw new CommandFault(faults.join('\n'))
  return Buffer.from(read.flatMap((one) => ('notes' in one ? one.notes : [])).join('\n'))
}

async function notesOf(store: AnchorStore, replica: string): Promise<{ readonly notes: readonly string[] }> {
  const notes: string[] = []
  // Other replicas may keep theirs in the same place.
  const ours = new RegExp(`^${replica}(-[1-9]\\d{0,2})?$`)
  const chains = (await anchoredChains(store)).filter((one) => ours.test(one))
  // A place that lists nothing proves nothing.
  if (chains.length === 0) throw new Error(`lists no checkpoint of ${replica}`)
  for (const chain of chains) {
    const names = await anchoredNames(store, chain)
    const chosen = spread(names)
    printNote(`second place ${store.name}: ${chosen.length} of ${names.length} checkpoints of ${chain}`)
    for (const name of chosen) notes.push((await store.get(name)) ?? '')
  }
  return { notes }
}

/** The newest, and of those before every so-manieth. */
function spread(names: readonly string[]): readonly string[] {
  const older = names.slice(0, -NEWEST)
  const step = Math.max(1, Math.ceil(older.length / NEWEST))
  return [...older.filter((_, at) => at % step === 0), ...names.slice(-NEWEST)]
}
