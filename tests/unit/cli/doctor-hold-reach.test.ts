import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { auditFiles } from '../../../gateway/adapters/audit-file.ts'
import { openKeyFiles, rotateKey } from '../../../gateway/adapters/key-files.ts'
import { placeHold } from '../../../gateway/audit/retention.ts'
import { checkHoldReach } from '../../../gateway/cli/doctor/hold-reach.ts'
import { loadConfig } from '../../../gateway/config/load.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'
import { signersOf } from '../../../gateway/wiring/anchors.ts'
import { auditSigner } from '../../../gateway/wiring/stores.ts'
import { auditOf, dataOf, makeKeys, openHouseLog } from '../../kit/audit-house.ts'
import { emptyFolder } from './run.ts'

let folder = ''
beforeEach(async () => {
  folder = await emptyFolder()
  await makeKeys(folder)
})

const config = () => loadConfig({ file: undefined, env: {}, cwd: folder, role: 'gateway' })
const told = async () =>
  (await checkHoldReach(await config())).map(({ state, check, text }) => `${state} ${check} ${text.en}`)
const begin = async (process: string): Promise<void> =>
  (await openHouseLog(folder, { chain: `gateway-${process}`, directory: join(auditOf(folder), process) })).close()

async function hold(process: string, id: string, subjects?: readonly string[]): Promise<void> {
  const keys = await openKeyFiles(join(dataOf(folder), 'keys'), 'embedded', systemClock)
  const signing = { chain: `gateway-${process}`, signer: auditSigner(await config(), keys), clock: systemClock }
  const parts = { files: auditFiles(join(auditOf(folder), process)), signing, publicKeys: signersOf(keys) }
  const scope = subjects === undefined ? {} : { subjects }
  const order = { id, scope, by: 'A-1', second: 'A-2', reason: 'evidence' }
  expect(await placeHold({ ...parts, known: systemClock.now() }, order)).toMatchObject({ kind: 'held' })
}

it('names a hold that a chain has not, and one that knows its subject by an older key', async () => {
  await begin('1')
  await hold('1', 'ALL')
  await hold('1', 'ONE', ['p-one'])
  expect(await told()).toEqual([])
  await begin('2')
  expect(await told()).toEqual([
    'warn audit.holds.reach the hold ALL is not on 1 of the chains',
    'warn audit.holds.reach the hold ONE is not on 1 of the chains',
  ])
  await hold('2', 'ALL')
  await hold('2', 'ONE', ['p-one'])
  expect(await told()).toEqual([])
  const later = systemClock.now() + 1_000
  await rotateKey(join(dataOf(folder), 'keys'), 'subject-pseudonym', { development: true, now: later, keep: 5 })
  expect(await told()).toEqual([
    expect.stringMatching(/^warn audit\.holds\.reach the hold ONE is older than the newest key/) as unknown,
  ])
})
