import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { headsIn, segmentsIn } from '../audit/files.ts'
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

/** What a chain is called in its records (wiring.ts). */
export function chainName(process: number): string {
  return `gateway-${process}`
}

/** What is wrong with several chains beside what is wrong with each: their number and their names. */
export interface ChainsFault {
  readonly kind: 'chain-missing' | 'chain-misplaced'
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
 */
export function chainsFaults(found: readonly FoundChain[], kept: readonly string[]): readonly ChainsFault[] {
  const numbers = found.flatMap(({ process }) => (process === null ? [] : [process]))
  const gaps = Array.from({ length: Math.max(0, ...numbers) }, (_, at) => at + 1).filter(
    (one) => !numbers.includes(one),
  )
  const known = new Set(found.map(({ chain }) => chain))
  // A folder in which nothing is left is as good as none.
  const emptied = found.flatMap(({ process, chain }) => (process !== null && chain === null ? [process] : []))
  const missing = new Set([...[...gaps, ...emptied].map(chainName), ...kept.filter((one) => !known.has(one))])
  const misplaced = found.flatMap(({ process, chain }) =>
    process === null || chain === null || chain === chainName(process) ? [] : [chain],
  )
  return [
    ...[...missing].map((chain) => ({ kind: 'chain-missing' as const, chain, message: MESSAGES['chain-missing'] })),
    ...misplaced.map((chain) => ({ kind: 'chain-misplaced' as const, chain, message: MESSAGES['chain-misplaced'] })),
  ]
}

const MESSAGES: Readonly<Record<ChainsFault['kind'], Text>> = {
  'chain-missing': { zh: '整条链不见了', en: 'the whole chain is gone' },
  'chain-misplaced': { zh: '链在别的进程的文件夹里', en: 'the chain lies in the folder of another process' },
}

/** Lines of heads kept elsewhere, by chain; what names none is every chain's to judge. */
export function headsByChain(kept: Uint8Array): ReadonlyMap<string | null, string> {
  const lines = Buffer.from(kept)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const grouped = Map.groupBy(lines, chainOf)
  return new Map([...grouped].map(([chain, some]) => [chain, `${some.join('\n')}\n`]))
}

function chainOf(line: string): string | null {
  try {
    const value: unknown = JSON.parse(line)
    const chain = typeof value === 'object' && value !== null && 'chain' in value ? value.chain : null
    return typeof chain === 'string' ? chain : null
  } catch {
    // Not a line of ours; the verification says so.
    return null
  }
}
