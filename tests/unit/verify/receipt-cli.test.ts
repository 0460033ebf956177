import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openKeyFiles, publicKeysFile, rotateKey } from '../../../gateway/adapters/key-files.ts'
import { signReceipt } from '../../../gateway/verify/receipt.ts'
import type { ReceiptContent } from '../../../gateway/verify/receipt.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'
import { emptyFolder, gongxiang } from '../cli/run.ts'

const said: ReceiptContent = {
  v: 1,
  receipt: 'gx_01M80F439GGPVB3V84759DXRN9',
  issuedAt: '2026-06-01T08:00:00.000Z',
  regime: 'zhongshan',
  catalogVersion: '0123456789abcdef',
  gatewayVersion: '0.1.0',
  department: 'education',
  application: 'school-desk',
  officer: 'EDU-0001',
  matter: 'school-admission',
  case: null,
  subject: 'pseudonym-of-somebody',
  items: [
    {
      coordinate: 'AdoptionRegistration.adoptionCertificateNumber',
      title: '收养证号',
      outcome: 'NO_MATCH',
      source: 'civil-affairs',
      sourceTitle: '市民政局',
      asOf: '2026-05-31',
      clause: 'ZS-4.09',
      claim: 'keyed-hash',
    },
  ],
}

/** A folder with a deployment's keys and a receipt that it signed. */
let folder = ''
let token = ''
const keysDirectory = (): string => join(folder, '.gongxiang', 'keys')

beforeAll(async () => {
  folder = await emptyFolder()
  await mkdir(join(folder, '.gongxiang'))
  const keys = await openKeyFiles(keysDirectory(), 'embedded', systemClock)
  token = await signReceipt(keys.signing('receipt'), said)
  await writeFile(join(folder, 'receipt.jwt'), `${token}\n`)
})

describe('gongxiang receipt verify', () => {
  test('says what a genuine receipt says, in the language of the terminal', async () => {
    const { code, out } = await gongxiang(folder, ['receipt', 'verify', token])
    expect(code).toBe(0)
    expect(out).toContain('The receipt is genuine and unchanged')
    expect(out).toMatch(/Matter +school-admission\n/)
    expect(out).not.toContain('Case ')
    expect(out).toContain(
      '- 收养证号 AdoptionRegistration.adoptionCertificateNumber: does not match (市民政局 civil-affairs, as of 2026-05-31, ZS-4.09)',
    )
    const chinese = await gongxiang(folder, ['receipt', 'verify', token], { LANG: 'zh_CN.UTF-8' })
    expect(chinese.out).toContain('回执真实')
    expect(chinese.out).toContain('收养证号 AdoptionRegistration.adoptionCertificateNumber: 不相符')
  })

  test('reads a file, standard output for machines, and the keys that it is given', async () => {
    const { code, out } = await gongxiang(folder, ['receipt', 'verify', 'receipt.jwt', '--json'])
    expect([code, JSON.parse(out)]).toEqual([0, { genuine: true, ...said }])
    const elsewhere = await emptyFolder()
    const set = publicKeysFile(keysDirectory(), 'receipt')
    const other = await gongxiang(elsewhere, ['receipt', 'verify', token, '--keys', set, '--language', 'zh'])
    expect([other.code, other.out.split('\n')[0]]).toEqual([0, '回执真实,签发后未被改动'])
  })

  test('exits with 1 and the reason where it is not genuine, and does not quote it', async () => {
    const [header = '', payload = '', signature = ''] = token.split('.')
    const changed = Buffer.from(Buffer.from(payload, 'base64url').toString().replace('NO_MATCH', 'MATCH'))
    const forged = [header, changed.toString('base64url'), signature].join('.')
    const { code, out, err } = await gongxiang(folder, ['receipt', 'verify', forged])
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('RECEIPT_INVALID')
    expect(err).toContain('The signature is wrong')
    expect(err).not.toContain(payload.slice(0, 20))
    const json = await gongxiang(folder, ['receipt', 'verify', forged, '--json', '--language', 'zh'])
    expect([json.code, JSON.parse(json.out)]).toEqual([
      1,
      { genuine: false, code: 'RECEIPT_INVALID', reason: '签名不正确,内容可能被改动' },
    ])
  })

  test('knows a receipt by an older key for as long as its public half is published', async () => {
    for (let turn = 0; turn < 2; turn += 1)
      await rotateKey(keysDirectory(), 'receipt', { development: true, now: systemClock.now(), keep: 0 })
    const { code, out } = await gongxiang(folder, ['receipt', 'verify', token])
    expect([code, out.split('\n')[0]]).toEqual([0, 'The receipt is genuine and unchanged'])
  })

  test('says where there are no keys, no file, or a set that should not be published', async () => {
    const empty = await emptyFolder()
    const missing = await gongxiang(empty, ['receipt', 'verify', token])
    expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('name them with --keys')])
    const typo = await gongxiang(folder, ['receipt', 'verify', 'receit.jwt'])
    expect([typo.code, typo.err]).toEqual([1, expect.stringContaining('no such file')])
    const set = JSON.parse(await readFile(publicKeysFile(keysDirectory(), 'receipt'), 'utf8')) as { keys: object[] }
    await writeFile(join(folder, 'private.json'), JSON.stringify({ keys: [{ ...set.keys[0], d: 'A' }] }))
    const exposed = await gongxiang(folder, ['receipt', 'verify', token, '--keys', 'private.json'])
    expect([exposed.code, exposed.err]).toEqual([1, expect.stringContaining('private or symmetric')])
  })
})
