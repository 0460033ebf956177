import { execFile } from 'node:child_process'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { auditReader } from '../../../gateway/adapters/audit-file.ts'
import { readPublicKeys } from '../../../gateway/adapters/key-files.ts'
import { checkInclusion } from '../../../gateway/audit/proof.ts'
import type { InclusionProof } from '../../../gateway/audit/proof.ts'
import { verifyAudit } from '../../../gateway/audit/verify.ts'
import { auditOf, dataOf, makeKeys, openHouseLog } from '../../kit/audit-house.ts'
import { receipts, sampleEntry, testClock } from '../../kit/audit-samples.ts'
import { auditInside } from './run-inside.ts'
import { emptyFolder } from './run.ts'

const OLD = Date.parse('2020-03-01T00:00:00Z')
/** The last of them may have been open when the newer ones began. */
const MAY_GO = /segments 1–\d+ with [23]0 records may go/
const OFFICERS = ['--officer', 'DA-0001', '--second', 'DA-0002', '--reason', 'kept for its time']

let folder = ''
beforeEach(async () => {
  folder = await emptyFolder()
  await makeKeys(folder)
})

async function append(
  names: readonly string[],
  at: number,
  chain?: { chain: string; directory: string },
): Promise<void> {
  const log = await openHouseLog(folder, { clock: testClock(at), ...chain })
  for (const name of names)
    await log.append(await log.reserve(), sampleEntry(name, { time: new Date(at).toISOString() }))
  await log.close()
}

const run = (...args: readonly string[]) => auditInside(folder, args)
const publicKeys = () => readPublicKeys(join(dataOf(folder), 'keys/public/audit-head.jwks.json'))
const segments = async () => (await readdir(auditOf(folder))).filter((name) => /^\d/.test(name))

describe('audit prove', () => {
  it('proves a record against the first checkpoint that knows it, and a kept one', async () => {
    await append(receipts('a', 23), OLD)
    const { code, out, err } = await run('prove', 'a-7')
    const proof = JSON.parse(out) as InclusionProof
    expect([code, checkInclusion(proof, await publicKeys())]).toMatchObject([0, { kind: 'proved', seq: 8 }])
    expect([proof.size, err]).toEqual([10, expect.stringContaining('verify.mjs') as unknown])
    const kept = join(folder, 'kept.note')
    await writeFile(kept, (await run('checkpoint')).out)
    const file = join(folder, 'proof.json')
    const again = await run('prove', 'a-7', '--checkpoint', kept, '--out', file)
    const against = JSON.parse(await readFile(file, 'utf8')) as InclusionProof
    expect([again.code, against.size, checkInclusion(against, await publicKeys()).kind]).toEqual([0, 23, 'proved'])
    expect((await run('prove', 'a-7', '--out', file)).code).toBe(1)
    const altered = { ...proof, record: proof.record.replace('H-1017', 'H-1018') }
    expect(checkInclusion(altered, await publicKeys()).kind).toBe('refused')
  })

  it('is made by an account that reads the record and nothing else of the gateway', async () => {
    await append(receipts('a', 6), OLD)
    const pem = join(folder, 'key.pem')
    await writeFile(pem, (await run('checkpoint', '--key')).out)
    const elsewhere = await emptyFolder()
    const args = ['prove', 'a-3', '--directory', auditOf(folder)]
    expect((await auditInside(elsewhere, [...args, '--public-key', pem])).code).toBe(0)
    const without = await auditInside(elsewhere, args)
    expect([without.code, without.err]).toEqual([1, expect.stringContaining('name them with --public-key') as unknown])
    const none = await auditInside(elsewhere, [...args, '--public-key', join(folder, '.gongxiang')])
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('cannot be read') as unknown])
  })

  it('says why there is no proof', async () => {
    await append(receipts('a', 6), OLD)
    expect((await run('prove', 'b-1')).err).toContain('no record has this receipt')
    const [name = ''] = await segments()
    const path = join(auditOf(folder), name)
    await writeFile(path, (await readFile(path, 'utf8')).replace('H-1017', 'H-1018'))
    expect((await run('prove', 'a-1')).err).toContain('run gongxiang audit verify'.slice(4))
  })
})

describe('audit checkpoint', () => {
  it('prints the newest one of each chain, and the key that checks them', async () => {
    await append(receipts('a', 4), OLD, { chain: 'gateway-1', directory: join(auditOf(folder), '1') })
    await append(receipts('b', 9), OLD, { chain: 'gateway-2', directory: join(auditOf(folder), '2') })
    const { out } = await run('checkpoint')
    expect(out.match(/^gongxiang\/gateway-\d\n\d+$/gm)).toEqual(['gongxiang/gateway-1\n4', 'gongxiang/gateway-2\n9'])
    const kept = join(folder, 'kept.note')
    await writeFile(kept, out)
    expect((await run('verify', '--head', kept)).code).toBe(0)
    const keys = (await run('checkpoint', '--key')).out
    expect(keys).toMatch(/^# gongxiang\/gateway-1\+[0-9a-f]{8}\+/)
    expect(keys).toContain('-----BEGIN PUBLIC KEY-----')
  })
})

describe('audit hold and retention', () => {
  beforeEach(async () => {
    await append(receipts('old', 30), OLD)
    await append(receipts('new', 3), Date.now() - 1_000)
  })

  const retention = (...more: readonly string[]) =>
    run('retention', '--years', '3', '--document', 'D-7', ...OFFICERS, '--lang', 'en', ...more)

  it('shows what would go, removes nothing without --apply, and the rest still proves itself', async () => {
    const before = await segments()
    const shown = await retention()
    expect([shown.code, shown.out]).toEqual([0, expect.stringMatching(MAY_GO) as unknown])
    expect(shown.out).toContain('Nothing was removed')
    expect(await segments()).toEqual(before)
    const done = await retention('--apply')
    expect([done.code, done.out]).toEqual([0, expect.stringMatching(/with [23]0 records were removed/) as unknown])
    expect((await segments()).length).toBeLessThan(before.length)
    expect((await verifyAudit(auditReader(auditOf(folder)), await publicKeys())).faults).toEqual([])
    expect((await run('show', 'old-3')).err).toContain('no record of these logs')
    expect((await run('show', 'new-1')).code).toBe(0)
  })

  it('keeps what a hold touches until two officers release it', async () => {
    const add = await run(
      'hold',
      'add',
      'CASE-1',
      '--from',
      '2020-01-01',
      '--to',
      '2020-12-31',
      ...OFFICERS,
      '--lang',
      'en',
    )
    expect([add.code, add.err + add.out]).toEqual([0, expect.stringContaining('CASE-1 is in force') as unknown])
    const kept = await retention('--apply')
    expect(kept.out).toMatch(
      /no segment may go; segment 1 is kept by hold CASE-1\n {2}CASE-1: 2019-12-31T16:00:00.000Z – 2020-12-31T15:59:59.999Z/,
    )
    expect((await run('hold', 'list', '--json')).out).toContain('"id": "CASE-1"')
    expect((await run('hold', 'add', 'CASE-1', ...OFFICERS)).err).toContain('stands already')
    expect((await run('hold', 'release', 'CASE-1', ...OFFICERS)).code).toBe(0)
    expect((await run('hold', 'list', '--lang', 'en')).out).toContain('No hold is in force')
    expect((await run('hold', 'release', 'CASE-1', ...OFFICERS)).err).toContain('no such hold')
    expect((await retention()).out).toMatch(MAY_GO)
  })

  it('is ordered by nobody alone, for a reason, and never before three years', async () => {
    const before = await segments()
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['--years', '2', '--document', 'D', ...OFFICERS], 'Expected 3 or more'],
      [
        ['--years', '3', '--document', 'D', '--officer', 'DA-1', '--second', 'da-1', '--reason', 'x'],
        'nobody orders alone',
      ],
      [['--years', '3', '--document', 'D', '--officer', 'DA-1', '--second', 'DA-2', '--reason', ' '], 'needs a reason'],
      [
        [
          '--years',
          '3',
          '--document',
          'D',
          '--officer',
          'DA-1',
          '--second',
          'DA-2',
          '--reason',
          'of 11010519491231002X',
        ],
        'HZ-47.2',
      ],
      [['--years', '3', ...OFFICERS], '--document'],
    ]
    for (const [args, words] of cases) {
      const outcome = await run('retention', ...args, '--apply')
      expect([outcome.code === 0, outcome.err]).toEqual([false, expect.stringContaining(words) as unknown])
    }
    expect(await segments()).toEqual(before)
    expect((await retention()).out).toMatch(MAY_GO)
  })
})

describe('a third party', () => {
  it('checks a proof with the script of examples and the key alone', async () => {
    await append(receipts('a', 12), OLD)
    const elsewhere = join(folder, 'elsewhere')
    await mkdir(elsewhere)
    await writeFile(join(elsewhere, 'proof.json'), (await run('prove', 'a-3')).out)
    await writeFile(join(elsewhere, 'key.pem'), (await run('checkpoint', '--key')).out)
    const script = resolve(import.meta.dirname, '../../../examples/verify-proof/verify.mjs')
    const { stdout } = await promisify(execFile)(process.execPath, [script, 'proof.json', 'key.pem'], {
      cwd: elsewhere,
    })
    expect(stdout).not.toBe('')
  })
})
