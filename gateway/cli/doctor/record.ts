import { existsSync } from 'node:fs'
import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { auditReader } from '../../adapters/audit-file.ts'
import { chainSources } from '../../adapters/governance-chains.ts'
import { publicKeysFile, readPublicKeys } from '../../adapters/key-files.ts'
import { segmentsIn } from '../../audit/files.ts'
import { standingHolds } from '../../audit/standing-orders.ts'
import { governanceAddress, keysDirectory, stateDirectory } from '../../config/config.ts'
import type { Config } from '../../config/config.ts'
import { indexStatus } from '../../governance/index/status.ts'
import { connectGovernanceStore } from '../../governance/store/store.ts'
import { systemClock } from '../../vocabulary/ports.ts'
import { chainsUnder } from '../audit-chains.ts'
import type { ChainFolder } from '../audit-chains.ts'
import { readLastBackup } from '../backup-note.ts'
import { checkBackup } from '../restore-check.ts'
import { fail, ok, reasonOf, same, warn } from './finding.ts'
import type { Check } from './finding.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

async function chainsOf({ audit: { directory } }: Config): Promise<readonly ChainFolder[]> {
  return chainsUnder(directory).catch(() => [])
}

/** Public keys that ever signed the record, of either suite. */
export async function auditKeys(config: Config) {
  const files = (['audit-head', 'audit-head-sm2'] as const).map((one) => publicKeysFile(keysDirectory(config), one))
  return (await Promise.all(files.map((file) => readPublicKeys(file).catch(() => [])))).flat()
}

const BACK_UP = { zh: '每天运行 gongxiang backup --to <目录>', en: 'Run gongxiang backup --to <folder> each day' }

/** How old the last backup is, and whether it is still there as it was written; `restore --check` reads all of it. */
export const checkBackups: Check = async (config) => {
  const last = await readLastBackup(stateDirectory(config))
  if (last === null) {
    // The embedded city is made anew from its seed.
    if (config.mode === 'embedded') return [ok('backup', '内嵌模式无需备份', 'the embedded mode needs no backup')]
    return [warn('backup', { zh: '从未备份', en: 'no backup was ever made' }, BACK_UP)]
  }
  const { folder, created } = last
  const age = Math.floor((systemClock.now() - Date.parse(created)) / HOUR)
  const { faults } = await checkBackup(folder, await auditKeys(config), { thorough: false })
  const text = { zh: `最近的备份 ${folder}(${age} 小时前)`, en: `the last backup is ${folder}, ${age} h old` }
  if (faults.length > 0) {
    const what = `${faults[0]?.path ?? ''} (${faults[0]?.kind ?? ''})`
    return [
      fail(
        'backup',
        { zh: `${text.zh}不完整:${what}`, en: `${text.en}, and is not whole: ${what}` },
        { zh: '重新备份,并查明原因', en: 'Back up again, and find out why' },
      ),
    ]
  }
  return age * HOUR > DAY + 2 * HOUR ? [warn('backup', text, BACK_UP)] : [{ ...ok('backup', '', ''), text }]
}

/** How far the index is behind the record, and what was found missing. A store that fails is told by its own check. */
export const checkIndexLag: Check = async (config) => {
  const address = governanceAddress(config)
  if (('file' in address && !existsSync(address.file)) || (await chainsOf(config)).length === 0) return []
  const store = connectGovernanceStore(address, { connections: 1 })
  try {
    const { chains, gaps } = await indexStatus(store, await chainSources(config.audit.directory))
    const behind = chains.reduce((sum, { lag }) => sum + (lag ?? 0), 0)
    const text = { zh: `索引落后 ${behind} 条记录`, en: `the index is ${behind} records behind` }
    const remedy = { zh: 'gongxiang index status', en: 'gongxiang index status' }
    return [
      behind > MUCH ? warn('index.lag', text, remedy) : { ...ok('index.lag', '', ''), text },
      ...(gaps.length === 0
        ? []
        : [
            warn(
              'index.gaps',
              { zh: `索引记有 ${gaps.length} 处缺口`, en: `${gaps.length} gaps were found in the record` },
              remedy,
            ),
          ]),
    ]
  } catch {
    return []
  } finally {
    await store.close()
  }
}

/** Records that a follower has copied within seconds where it runs. */
const MUCH = 10_000

/** Which legal holds keep records from removal: nobody may forget one, nor release it unknowingly. */
export const checkHolds: Check = async (config) => {
  const keys = await auditKeys(config)
  const ids = new Set<string>()
  const hurt: string[] = []
  try {
    for (const { directory } of await chainsOf(config)) {
      const { holds, damaged } = await standingHolds(auditReader(directory), keys)
      for (const { id } of holds) ids.add(id)
      if (damaged) hurt.push(directory)
    }
  } catch (error) {
    return [fail('audit.holds', same(reasonOf(error)), { zh: 'gongxiang audit verify', en: 'gongxiang audit verify' })]
  }
  if (hurt.length > 0) {
    const text = {
      zh: `保存与清除令不完整,可能有保全令缺失:${hurt.join('、')}`,
      en: `orders on keeping and removing are damaged, holds may be missing: ${hurt.join(', ')}`,
    }
    return [fail('audit.holds', text, { zh: 'gongxiang audit verify', en: 'gongxiang audit verify' })]
  }
  const names = [...ids].join(', ')
  return ids.size === 0 ? [] : [ok('audit.holds', `保全令 ${names}`, `holds in force: ${names}`)]
}

/** For how many days the disk of the record still suffices, by how it grew in the last week. */
export const checkGrowth: Check = async (config) => {
  const { directory } = config.audit
  const week = systemClock.now() - 7 * DAY
  const grown = await Promise.all(
    (await chainsOf(config)).map(async (chain) => {
      const names = segmentsIn(await readdir(chain.directory).catch(() => []))
      const found = await Promise.all(names.map(({ name }) => stat(join(chain.directory, name)).catch(() => null)))
      return found.reduce((sum, one) => sum + (one !== null && one.mtimeMs > week ? one.size : 0), 0)
    }),
  )
  const perDay = grown.reduce((sum, one) => sum + one, 0) / 7
  const free = await freeBytes(directory)
  if (free === null || perDay === 0) return []
  const days = Math.floor(free / perDay)
  const text = {
    zh: `审计记录所在磁盘约可再用 ${days} 天`,
    en: `the disk of the record suffices for about ${days} days`,
  }
  const remedy = {
    zh: '扩容,或由两名人员清除保存期满的段:gongxiang audit retention',
    en: 'Enlarge it, or have two officers remove what is kept for its time: gongxiang audit retention',
  }
  return days < LEAST_DAYS ? [warn('disk.growth', text, remedy)] : [{ ...ok('disk.growth', '', ''), text }]
}

const LEAST_DAYS = 30

async function freeBytes(directory: string): Promise<number | null> {
  const found = await statfs(directory).catch(() => null)
  return found === null ? null : found.bavail * found.bsize
}

/** Nobody but the gateway's account reads keys; nobody but it and the auditors' group reads the record (ZS-6.04). */
export const checkModes: Check = async (config) => {
  const group = config.audit.group !== undefined
  const places = [
    { path: keysDirectory(config), allowed: 0o700 },
    { path: stateDirectory(config), allowed: 0o700 },
    ...(await chainsOf(config)).map(({ directory }) => ({ path: directory, allowed: group ? 0o750 : 0o700 })),
  ]
  const findings = await Promise.all(
    places.map(async ({ path, allowed }) => {
      const found = await stat(path).catch(() => null)
      if (found === null || (found.mode & 0o777 & ~allowed) === 0) return []
      const mode = (found.mode & 0o777).toString(8).padStart(4, '0')
      return [
        fail(
          'modes',
          {
            zh: `${path} 的权限是 ${mode},其他账户可以读取`,
            en: `${path} has mode ${mode}: other accounts can look into it`,
          },
          same(`chmod ${allowed.toString(8).padStart(4, '0')} ${path}`),
        ),
      ]
    }),
  )
  const bad = findings.flat()
  return bad.length > 0
    ? bad
    : [ok('modes', '密钥与审计记录的权限正确', 'keys and record are closed to other accounts')]
}
