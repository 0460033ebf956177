/** A gateway whose record is in the governance store, and who asks it. */
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import { governanceAddress } from '../../gateway/config/config.ts'
import { indexRecords } from '../../gateway/governance/index/index-records.ts'
import { openGovernanceStore } from '../../gateway/governance/store/store.ts'
import type { GovernanceStore } from '../../gateway/governance/store/store.ts'
import { DESK } from './gateway.ts'
import type { Ask, TestGateway } from './gateway.ts'
import type { Reply } from './gateway-http.ts'

const AUDITOR: TokenSubject = {
  department: 'audit-office',
  application: 'audit-console',
  officer: 'AO-0003',
  name: '审计 演示',
  roles: ['AUDITOR'],
}
const AUTHORITY_OFFICER: TokenSubject = {
  department: 'data-authority',
  application: 'authority-console',
  officer: 'DA-0001',
  name: '主管 演示',
  roles: ['AUTHORITY'],
}
export const POLICE_STEWARD: TokenSubject = {
  department: 'public-security',
  application: 'household-desk',
  officer: 'PS-0900',
  name: '公安数据 演示',
  roles: ['PROVIDER'],
}
export const HOUSING_STEWARD: TokenSubject = {
  ...DESK,
  officer: 'HUR-0900',
  name: '住建数据 演示',
  roles: ['PROVIDER'],
}

/** Each with the standing matter of its department. */
export const STANDING = {
  auditor: { as: AUDITOR, matter: 'audit-inspection' },
  authority: { as: AUTHORITY_OFFICER, matter: 'sharing-supervision' },
  police: { as: POLICE_STEWARD, matter: 'public-security-data-use' },
  housing: { as: HOUSING_STEWARD, matter: 'housing-data-use' },
} as const satisfies Record<string, Ask>

/** Copies everything that a gateway has recorded so far into its governance store. */
export async function indexGateway(gateway: TestGateway): Promise<void> {
  await withStore(gateway, async (store) => {
    const records = await gateway.records()
    const chain = { chain: records[0]?.chain ?? 'gateway', replica: 'test' }
    await indexRecords(store, chain, records, Date.now())
  })
}

/** Works with the governance store of a gateway. */
export async function withStore<T>(gateway: TestGateway, work: (store: GovernanceStore) => Promise<T>): Promise<T> {
  const store = await openGovernanceStore(governanceAddress(gateway.config))
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** The data of an answer without errors; fails with the codes of one that has some. */
export function dataOf(reply: Reply): Readonly<Record<string, unknown>> {
  const { data, errors } = reply.body
  if (!data || errors !== undefined)
    throw new Error(
      `${reply.status} ${JSON.stringify(errors?.map(({ extensions, message }) => [extensions.code, message]))}`,
    )
  return data
}
