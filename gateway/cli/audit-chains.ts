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

/** The replica that wrote chains, by the register, else by their own names. */
function replicaOf(found: readonly FoundChain[], { active, retired }: Replicas): string {
  const registered = [...active, ...retired].find(([, folder]) => folder !== '.')?.[0]
  const named = found.find(({ process, chain }) => process !== null && chain !== null)
  return (registered ?? named?.chain)?.replace(/-\d+$/, '') ?? 'gateway'
}

/** Chains that the register knows in a folder: the one that is written there, and those that were retired. */
export function registeredIn({ active, retired }: Replicas, process: number | null): readonly string[] {
  const place = process === null ? '.' : String(process)
  return [...active, ...retired].flatMap(([chain, folder]) => (folder === place ? [chain] : []))
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
  const replica = replicaOf(found, replicas)
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
    chain === null || isPlaced(process, chain, replica, replicas) ? [] : [chain],
  )
  return [
    ...registerFaults(replicas),
    ...missing.map((chain) => ({ kind: 'chain-missing' as const, chain, message: MESSAGES['chain-missing'] })),
    ...misplaced.map((chain) => ({ kind: 'chain-misplaced' as const, chain, message: MESSAGES['chain-misplaced'] })),
  ]
}

/** By the register, else by the folder's number; one by itself may have any name that nobody registered otherwise. */
function isPlaced(process: number | null, chain: string, replica: string, replicas: Replicas): boolean {
  const registered = registeredIn(replicas, process)
  if (registered.length > 0) return registered.includes(chain)
  return process === null || chain === chainName(process, replica)
}

function registerFaults({ bad, torn }: Replicas): readonly ChainsFault[] {
  const fault = (message: Text): ChainsFault => ({ kind: 'register-changed', chain: REPLICAS_FILE, message })
  const changed: Text = {
    zh: `链的登记第 ${bad.join('、')} 行被改动、无有效签名,或与前一行不相接`,
    en: `line ${bad.join(', ')} of the register of chains was changed, is signed by no key given, or does not follow the line before`,
  }
  return [...(bad.length === 0 ? [] : [fault(changed)]), ...(torn ? [fault(TORN)] : [])]
}

const TORN: Text = {
  zh: '链的登记最后一行不完整(断电后可能出现,下次启动会修复),或被截断',
  en: 'the last line of the register of chains is not whole: a power cut leaves this until the next start, or it was cut',
}

const NO_REPLICAS: Replicas = { active: new Map(), retired: new Map(), bad: [], torn: false }

/** What a register proves not, which is whole without its last lines. */
export const REGISTER_LIMIT: Text = {
  zh: '没有整条链连同登记的末尾几行一并被删除:此处看不出。请用另存的检查点或锚点比对(--head、--anchors),它们知道有哪些链。',
  en: 'That no whole chain was removed together with the last lines of the register: this does not show here. Compare with checkpoints kept elsewhere (--head, --anchors), which know the chains.',
}

const MESSAGES: Readonly<Record<'chain-missing' | 'chain-misplaced', Text>> = {
  'chain-missing': { zh: '整条链不见了', en: 'the whole chain is gone' },
  'chain-misplaced': { zh: '链在别的进程的文件夹里', en: 'the chain lies in the folder of another process' },
}

/** Checkpoints kept elsewhere, by chain; what names none is every chain's to judge. */
export function headsByChain(kept: Uint8Array): ReadonlyMap<string | null, string> {
  const grouped = Map.groupBy(keptHeads(kept), ({ chain }) => chain)
  return new Map([...grouped].map(([chain, some]) => [chain, some.map(({ text }) => text).join('\n')]))
}
