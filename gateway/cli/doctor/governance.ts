import { existsSync } from 'node:fs'
import { governanceAddress } from '../../config/config.ts'
import { StoreFault } from '../../governance/store/fault.ts'
import { connectGovernanceStore } from '../../governance/store/store.ts'
import { storeVersion } from '../../governance/store/version.ts'
import { ok, reasonOf, same, warn } from './finding.ts'
import type { Check, Finding } from './finding.ts'

const CHECK = 'governance'
const PREPARE = {
  zh: '以表的所有者运行 gongxiang index prepare',
  en: 'Run gongxiang index prepare as the owner of the tables',
}

/** The governance store answers and fits this program. It never fails a gateway: records are kept and copied later. */
export const checkGovernance: Check = async (config) => {
  const address = governanceAddress(config)
  const alone = 'file' in address
  const own = alone && config.mode === 'production' ? [aloneFinding()] : []
  if (alone && !existsSync(address.file))
    return [...own, ok(CHECK, '审计索引将在首次启动时建立', 'the audit index is made at the first start')]
  try {
    const store = connectGovernanceStore(address, { connections: 1 })
    try {
      const { kind, version } = await storeVersion(store)
      return [...own, versionFinding(kind, version)]
    } finally {
      await store.close()
    }
  } catch (error) {
    const why = error instanceof StoreFault ? same(error.message) : same(reasonOf(error))
    const text = { zh: `审计索引库不可用:${why.zh}`, en: `the governance store cannot be used: ${why.en}` }
    const remedy = {
      zh: '检查 governance.databaseUrl;网关照常服务',
      en: 'Check governance.databaseUrl; the gateway serves',
    }
    return [...own, warn(CHECK, text, remedy)]
  }
}

function aloneFinding(): Finding {
  return warn(
    CHECK,
    {
      zh: '审计索引与告警只在本机文件中,多台机器不能共用',
      en: 'the audit index and the alarms are in a file of this machine, which other machines cannot share',
    },
    { zh: '设置 governance.databaseUrl(PostgreSQL)', en: 'Set governance.databaseUrl (PostgreSQL)' },
  )
}

function versionFinding(kind: Awaited<ReturnType<typeof storeVersion>>['kind'], version: number): Finding {
  switch (kind) {
    case 'CURRENT':
      return ok(CHECK, '审计索引库就绪', 'the governance store is ready')
    case 'NONE':
      return warn(CHECK, { zh: '审计索引库还没有表', en: 'the governance store has no tables yet' }, PREPARE)
    case 'OLDER':
      return warn(
        CHECK,
        { zh: `审计索引库的版本较旧(${version})`, en: `the governance store has the older version ${version}` },
        PREPARE,
      )
    case 'NEWER':
      return warn(
        CHECK,
        { zh: `审计索引库由更新的程序使用(${version})`, en: `the governance store has the newer version ${version}` },
        { zh: '运行更新的程序', en: 'Run the newer program' },
      )
  }
}
