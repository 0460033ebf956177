import { describe, expect, it } from 'vitest'
import { placeHold } from '../../../gateway/audit/retention.ts'
import { verifyAudit } from '../../../gateway/audit/verify.ts'
import { AUDIT_KEY, appendAll, openTestLog, receipts, testClock } from '../../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../../kit/faulty-audit-files.ts'

const KEYS = [AUDIT_KEY.publicKey]

/** A log with a hold, and a writer at work in a segment whose header knows of it. */
async function written(): Promise<FaultyAuditFiles> {
  const files = new FaultyAuditFiles()
  const log = await openTestLog(files)
  await appendAll(log, receipts('a', 3))
  await log.close()
  const clock = testClock()
  const parts = {
    files,
    signing: { chain: 'test-chain', signer: AUDIT_KEY.signer, clock },
    publicKeys: KEYS,
    known: clock.now(),
  }
  await placeHold(parts, { id: 'H', scope: {}, by: 'A-1', second: 'A-2', reason: '调查' })
  await appendAll(await openTestLog(files), receipts('b', 3))
  return files
}

const faultsOf = async (files: FaultyAuditFiles) => {
  const { live, faults } = await verifyAudit(files, KEYS)
  return { live, kinds: faults.map(({ kind }) => kind) }
}

describe('a log that is being written, or says so', () => {
  it('is in order', async () => {
    expect(await faultsOf(await written())).toEqual({ live: true, kinds: [] })
  })

  it('is missed an order that its newest segment knows', async () => {
    const files = await written()
    files.tamper('order-00000001.ndjson', null)
    expect(await faultsOf(files)).toEqual({ live: true, kinds: ['order-removed'] })
  })

  it('is missed heads that its newest segment knows', async () => {
    const files = await written()
    const name = (await files.list()).find((one) => one.startsWith('heads-')) ?? ''
    const [first = ''] = Buffer.from(await files.read(name))
      .toString()
      .split('\n\n')
    expect(first).not.toBe('')
    for (const one of await files.list()) if (one.startsWith('heads-') && one !== name) files.tamper(one, null)
    const lines = Buffer.from(await files.read(name))
      .toString()
      .replace(/\0+$/, '')
      .trimEnd()
      .split('\n')
    files.tamper(name, Buffer.from(`${lines[0]}\n`))
    expect((await faultsOf(files)).kinds).toContain('head-removed')
  })

  it('may get a hold while it is read', async () => {
    const files = await written()
    const read = files.read.bind(files)
    let placed = false
    files.read = async (name: string, length?: number) => {
      const bytes = await read(name, length)
      if (placed || name !== '00000001.ndjson' || length !== undefined) return bytes
      placed = true
      const clock = testClock()
      const signing = { chain: 'test-chain', signer: AUDIT_KEY.signer, clock }
      await placeHold(
        { files, signing, publicKeys: KEYS, known: clock.now() },
        { id: 'H2', scope: {}, by: 'A-1', second: 'A-2', reason: '调查' },
      )
      return bytes
    }
    expect(await faultsOf(files)).toEqual({ live: true, kinds: [] })
    expect(placed).toBe(true)
  })
})
