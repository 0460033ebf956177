import { auditReader } from '../../adapters/audit-file.ts'
import { createKeyFiles } from '../../adapters/key-files.ts'
import type { HoldLine } from '../../audit/line-types.ts'
import { standingHolds } from '../../audit/standing-orders.ts'
import { keysDirectory } from '../../config/config.ts'
import type { Config } from '../../config/config.ts'
import { chainsUnder } from '../audit-chains.ts'
import { warn } from './finding.ts'
import type { Check, Finding } from './finding.ts'
import { auditKeys } from './record.ts'

/**
 * Whether legal holds reach what is written now: a hold is of the chains that there were, and knows a subject by the
 * pseudonyms of the keys that there were. Orders that cannot be read are told by the check of the holds themselves.
 */
export const checkHoldReach: Check = async (config) => {
  const chains = await chainsUnder(config.audit.directory).catch(() => [])
  const keys = await auditKeys(config)
  const byId = new Map<string, HoldLine[]>()
  for (const { directory } of chains) {
    const { holds } = await standingHolds(auditReader(directory), keys).catch(() => ({ holds: [] }))
    for (const hold of holds) byId.set(hold.id, [...(byId.get(hold.id) ?? []), hold])
  }
  const newest = await newestPseudonymKey(config)
  return [...byId].flatMap(([id, holds]): readonly Finding[] => [
    ...(holds.length < chains.length ? [partial(id, chains.length - holds.length)] : []),
    ...(holds.some(({ scope, time }) => scope.subjects !== undefined && Date.parse(time) < newest) ? [older(id)] : []),
  ])
}

/** Since when the newest key of the pseudonyms is used, milliseconds since 1970; before everything where none is read. */
async function newestPseudonymKey(config: Config): Promise<number> {
  const ring = await createKeyFiles(keysDirectory(config)).load('subject-pseudonym')
  return 'kind' in ring ? -Infinity : Math.max(...ring.map(({ created, usedFrom = created }) => Date.parse(usedFrom)))
}

function partial(id: string, missing: number): Finding {
  return warn(
    'audit.holds.reach',
    { zh: `保全令 ${id} 未及 ${missing} 条链`, en: `the hold ${id} is not on ${missing} of the chains` },
    { zh: '原样再运行一次 gongxiang audit hold add', en: 'Run the same gongxiang audit hold add once more' },
  )
}

function older(id: string): Finding {
  return warn(
    'audit.holds.reach',
    {
      zh: `保全令 ${id} 早于现用的假名密钥,新写的该对象记录不在其内`,
      en: `the hold ${id} is older than the newest key of the pseudonyms: it does not know its subject in records written since`,
    },
    {
      zh: '另立一令 gongxiang audit hold add --subject,再解除旧令',
      en: 'Place another with gongxiang audit hold add --subject, then release this one',
    },
  )
}
