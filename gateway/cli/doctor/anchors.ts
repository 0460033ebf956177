import { anchorStateFile, readAnchorState } from '../../adapters/anchor-state.ts'
import { newestAnchored } from '../../adapters/anchor-store.ts'
import type { AnchorStore } from '../../adapters/anchor-store.ts'
import { auditReader } from '../../adapters/audit-file.ts'
import { latestCheckpoint } from '../../audit/heads.ts'
import { stateDirectory } from '../../config/config.ts'
import type { Config } from '../../config/config.ts'
import { systemClock } from '../../vocabulary/ports.ts'
import { anchorStores } from '../../wiring/anchors.ts'
import { chainsUnder } from '../audit-chains.ts'
import { fail, ok, reasonOf, warn } from './finding.ts'
import type { Check, Finding } from './finding.ts'

const REMEDY = {
  zh: '检查第二存放处是否可达、有无写入权限,见 docs/anchoring.md',
  en: 'See to it that the second place can be reached and written, docs/anchoring.md',
}
const VERIFY = { zh: '立即运行 gongxiang audit verify --anchors', en: 'Run at once: gongxiang audit verify --anchors' }
const NONE = {
  zh: '没有第二存放处:整个目录被换成旧的无从发现',
  en: 'no second place: nobody would notice an older copy of the whole folder in its place',
}

/** How far each second place is behind each chain, and whether it knows more than is here. */
export const checkAnchors: Check = async (config) => {
  const stores = anchorStores(config, systemClock)
  if (stores.length === 0) {
    if (config.mode === 'embedded') return []
    return [warn('audit.anchors', NONE, { zh: '配置 audit.anchors', en: 'Configure audit.anchors' })]
  }
  const chains = await chainsUnder(config.audit.directory).catch(() => [])
  const findings: Finding[] = []
  for (const store of stores) {
    if (chains.length === 0) findings.push(await reachable(store))
    for (const { directory } of chains) findings.push(await standing(store, directory, config))
  }
  return findings
}

function checkOf(store: AnchorStore): string {
  return `audit.anchors.${store.name}`
}

function unreachable(store: AnchorStore, error: unknown): Finding {
  const reason = reasonOf(error)
  return fail(checkOf(store), { zh: `不可达:${reason}`, en: `cannot be reached: ${reason}` }, REMEDY)
}

function reachable(store: AnchorStore): Promise<Finding> {
  return store.names('').then(
    () => ok(checkOf(store), '可达', 'it can be reached'),
    (error: unknown) => unreachable(store, error),
  )
}

async function standing(store: AnchorStore, directory: string, config: Config): Promise<Finding> {
  const here = await latestCheckpoint(auditReader(directory))
  if (here === null) return reachable(store)
  const { chain } = here
  try {
    const there = (await newestAnchored(store, chain))?.checkpoint?.seq ?? 0
    const state = readAnchorState(anchorStateFile(stateDirectory(config), chain, store.name))
    return judged(store, chain, here.seq - there, {
      late: systemClock.now() - Date.parse(here.time) > config.audit.anchors.lateMs,
      confirmed: state?.at ?? null,
    })
  } catch (error) {
    return unreachable(store, error)
  }
}

function judged(
  store: AnchorStore,
  chain: string,
  behind: number,
  { late, confirmed }: { readonly late: boolean; readonly confirmed: string | null },
): Finding {
  const check = checkOf(store)
  if (behind < 0) {
    const more = {
      zh: `${chain}:那里多出 ${-behind} 条记录`,
      en: `${chain}: it knows ${-behind} records more than are here`,
    }
    return fail(check, more, VERIFY)
  }
  const last = confirmed === null ? '' : ` (${confirmed})`
  const text = { zh: `${chain}:落后 ${behind} 条记录${last}`, en: `${chain}: ${behind} records behind${last}` }
  return behind > 0 && late ? warn(check, text, REMEDY) : ok(check, text.zh, text.en)
}
