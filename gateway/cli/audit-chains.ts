import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { headsIn, segmentsIn } from '../audit/files.ts'
import { keptHeads } from '../audit/kept-heads.ts'
import { REPLICAS_FILE } from '../audit/replicas.ts'
import type { Replicas } from '../audit/replicas.ts'
import type { Text } from '../vocabulary/codes.ts'

/** One chain of a deployment: its folder, and the number of the process that writes it; null for one by itself. */
export interface ChainFolder {
  readonly directory: string
  readonly process: number | null
}

/** The chains under an audit folder: its own, and one in a numbered folder for each of several processes. */
export async function chainsUnder(directory: string): Promise<readonly ChainFolder[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const names = entries.map(({ name }) => name)
  const own = segmentsIn(names).length > 0 || headsIn(names).length > 0
  const numbers = entries.flatMap((one) => (one.isDirectory() && NUMBER.test(one.name) ? [Number(one.name)] : []))
  return [
    ...(own ? [{ directory, process: null }] : []),
    ...numbers.toSorted((a, b) => a - b).map((process) => ({ directory: join(directory, String(process)), process })),
  ]
}

const NUMBER = /^[1-9]\d{0,2}$/

/** What a chain is called in its records (wiring.ts): by the replica, and by the process where there are several. */
export function chainName(process: number | null, replica = 'gateway'): string {
  return process === null ? replica : `${replica}-${process}`
}

/** The replica that wrote chains, by their own names. */
function replicaOf(found: readonly FoundChain[]): string {
  const named = found.find(({ process, chain }) => process !== null && chain !== null)
  return named?.chain?.replace(/-\d+$/, '') ?? 'gateway'
}

/** Chains that are registered for folders which are not there. */
export function missingReplicas({ active }: Replicas, chains: readonly ChainFolder[]): readonly string[] {
  const folders = new Set(chains.map(({ process }) => (process === null ? '.' : String(process))))
  return [...active].flatMap(([chain, folder]) => (folders.has(folder) ? [] : [chain]))
}

/** What is wrong with several chains beside what is wrong with each: their number and their names. */
export interface ChainsFault {
  readonly kind: 'chain-missing' | 'chain-misplaced' | 'register-changed'
  readonly chain: string
  readonly message: Text
}

/** A chain that was verified, as far as they are held against each other. */
export interface FoundChain {
  readonly process: number | null
  /** Its name by its own records; null where none can be read. */
  readonly chain: string | null
}

/**
 * Processes are numbered from 1 on without gaps, and a folder is never removed: a gap, a chain that lies in another's
 * folder, and one that signed heads kept elsewhere know of and that is not there, are faults.
 *
 * @param kept names of the chains of heads that the reader kept elsewhere
 * @param replicas the register of the root folder
 */
export function chainsFaults(
  found: readonly FoundChain[],
  kept: readonly string[],
  replicas: Replicas = NO_REPLICAS,
): readonly ChainsFault[] {
  const replica = replicaOf(found)
  const numbers = found.flatMap(({ process }) => (process === null ? [] : [process]))
  const gaps = Array.from({ length: Math.max(0, ...numbers) }, (_, at) => at + 1).filter(
    (one) => !numbers.includes(one),
  )
  const known = new Set(found.map(({ chain }) => chain))
  // A folder in which nothing is left is as good as none.
  const emptied = found.flatMap(({ process, chain }) => (process !== null && chain === null ? [process] : []))
  const gone = [...gaps, ...emptied].map((process) => chainName(process, replica))
  const expected = [...kept, ...replicas.active.keys()].filter((one) => !known.has(one))
  const missing = [...new Set([...gone, ...expected])].filter((one) => !replicas.retired.has(one))
  const misplaced = found.flatMap(({ process, chain }) =>
    process === null || chain === null || chain === chainName(process, replica) ? [] : [chain],
  )
  return [
    ...(replicas.bad.length === 0 ? [] : [registerFault(replicas.bad)]),
    ...missing.map((chain) => ({ kind: 'chain-missing' as const, chain, message: MESSAGES['chain-missing'] })),
    ...misplaced.map((chain) => ({ kind: 'chain-misplaced' as const, chain, message: MESSAGES['chain-misplaced'] })),
  ]
}

function registerFault(lines: readonly number[]): ChainsFault {
  const message: Text = {
    zh: `链的登记第 ${lines.join('、')} 行无有效签名`,
    en: `line ${lines.join(', ')} of the register of chains is signed by no key given`,
  }
  return { kind: 'register-changed', chain: REPLICAS_FILE, message }
}

const NO_REPLICAS: Replicas = { active: new Map(), retired: new Map(), bad: [] }

const MESSAGES: Readonly<Record<'chain-missing' | 'chain-misplaced', Text>> = {
  'chain-missing': { zh: '整条链不见了', en: 'the whole chain is gone' },
  'chain-misplaced': { zh: '链在别的进程的文件夹里', en: 'the chain lies in the folder of another process' },
}

/** Checkpoints kept elsewhere, by chain; what names none is every chain's to judge. */
export function headsByChain(kept: Uint8Array): ReadonlyMap<string | null, string> {
  const grouped = Map.groupBy(keptHeads(kept), ({ chain }) => chain)
  return new Map([...grouped].map(([chain, some]) => [chain, some.map(({ text }) => text).join('\n')]))
}
