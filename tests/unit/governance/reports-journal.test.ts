import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { issueReport } from '../../../gateway/governance/reports/issue.ts'
import { checkJournal, listReports, noteReport } from '../../../gateway/governance/reports/journal.ts'
import type { ReportTrace } from '../../../gateway/governance/reports/journal.ts'
import type { ReportDocument } from '../../../gateway/governance/reports/report.ts'
import type { GovernanceStore } from '../../../gateway/governance/store/store.ts'
import { storesForTests } from '../../kit/governance.ts'
import type { StoreKind } from '../../kit/governance.ts'

/* Every report leaves a signed line, and none can be changed or taken out unseen. */

const { privateKey } = generateKeyPairSync('ed25519')
const publicKey = createPublicKey(privateKey)
const signer = { key: 'k1', sign: (bytes: Uint8Array) => sign(null, bytes, privateKey).toString('base64url') }
const isSigned = (key: string, bytes: Uint8Array, signature: Uint8Array): boolean =>
  key === 'k1' && verify(null, bytes, publicKey, signature)

function trace(number: number, changes: Partial<ReportTrace> = {}): ReportTrace {
  const id = `rp_${String(number).padStart(26, '0')}`
  const facts = { kind: 'citizen', by: 'DA-0007', reason: '申请', at: 1_800_000_000_000 + number } as const
  return { id, ...facts, subject: 'pseudonym', format: 'html', sha256: 'a'.repeat(64), ...changes }
}

const stores = await storesForTests()
afterAll(() => stores.close())

async function filled(kind: StoreKind, count = 5): Promise<GovernanceStore> {
  const store = await kind.open()
  for (let at = 1; at <= count; at += 1) await noteReport(store.db, store.kind, trace(at), signer)
  return store
}

describe.each(stores.kinds)('over $kind', (kind) => {
  test('lines are numbered and in order', async () => {
    const store = await filled(kind)
    expect(await checkJournal(store.db, isSigned)).toEqual([])
    expect((await listReports(store.db, 2)).map(({ number }) => Number(number))).toEqual([5, 4])
  })

  test('two who write at once take turns', async () => {
    const store = await kind.open()
    const notes = Array.from({ length: 8 }, (_, at) => noteReport(store.db, store.kind, trace(at), signer))
    expect((await Promise.all(notes)).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(await checkJournal(store.db, isSigned)).toEqual([])
  })

  test('a line that is changed, gone, or signed by somebody else is found', async () => {
    const changed = await filled(kind)
    await changed.db.updateTable('report_issued').set({ reason: '别的' }).where('number', '=', 3).execute()
    expect(await checkJournal(changed.db, isSigned)).toEqual([
      { number: 3, kind: 'BAD_SIGNATURE' },
      { number: 3, kind: 'CHANGED' },
    ])
    const cut = await filled(kind)
    await cut.db.deleteFrom('report_issued').where('number', '=', 2).execute()
    expect(await checkJournal(cut.db, isSigned)).toEqual([{ number: 2, kind: 'MISSING' }])
    const renumbered = await filled(kind)
    await renumbered.db.deleteFrom('report_issued').where('number', '=', 2).execute()
    await sql`update report_issued set number = number - 1 where number > 2`.execute(renumbered.db)
    expect((await checkJournal(renumbered.db, isSigned)).map(({ kind }) => kind)).toContain('BAD_SIGNATURE')
    const strange = await filled(kind, 1)
    await noteReport(strange.db, strange.kind, trace(2), { ...signer, key: 'k2' })
    expect(await checkJournal(strange.db, isSigned)).toEqual([{ number: 2, kind: 'BAD_SIGNATURE' }])
  })

  test('a report that cannot be noted does not leave', async () => {
    const store = await kind.open()
    const words = { zh: '甲', en: 'a' }
    const empty = { figures: [], sections: [], notes: [], facts: [], data: {} }
    const document: ReportDocument = { kind: 'yearly', title: words, subject: words, ...empty }
    const order = {
      by: 'DA-0007',
      reason: '年报',
      at: 1,
      subject: null,
      format: 'json',
      language: 'zh-CN',
      city: words,
    } as const
    const desk = { store, signer, ids: { receipt: () => `gx_${'1'.repeat(26)}` } }
    const issued = await issueReport(desk, document, { ...order, regime: 'zhongshan' })
    expect(issued).toMatchObject({ reference: `rp_${'1'.repeat(26)}`, number: 1 })
    // The same number again is refused by the journal, and so is the report.
    await expect(issueReport(desk, document, { ...order, regime: 'zhongshan' })).rejects.toThrow(/unique/i)
  })
})
