import { spawn } from 'node:child_process'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { auditFiles } from '../../../gateway/adapters/audit-file.ts'
import { generateKeys, rotateKey } from '../../../gateway/adapters/key-files.ts'
import { subjectPseudonyms } from '../../../gateway/audit/pseudonym.ts'
import { readLine, splitLines } from '../../../gateway/audit/read-line.ts'
import type { AuditEntry } from '../../../gateway/audit/record.ts'
import { filterOf } from '../../../gateway/cli/audit-filter.ts'
import type { FilterFlags } from '../../../gateway/cli/audit-filter.ts'
import { fileLines } from '../../../gateway/cli/audit-lines.ts'
import { scanChain, scanChains } from '../../../gateway/cli/audit-scan.ts'
import { hiddenInput } from '../../../gateway/cli/hidden-input.ts'
import { openTestLog, sampleEntry, testClock } from '../../kit/audit-samples.ts'
import { auditInside } from './run-inside.ts'
import { emptyFolder } from './run.ts'
import type { Outcome } from './run.ts'

const HOUR = 3_600_000
const START = Date.parse('2026-11-23T00:00:00Z')
/** A number with a wrong check character. */
const NUMBER = '990000199001010050'

async function writeLog(
  directory: string,
  entries: readonly (Partial<AuditEntry> & { readonly receipt: string; readonly at: number })[],
  chain = 'test-chain',
): Promise<void> {
  const clock = testClock(START)
  const log = await openTestLog(auditFiles(directory), { clock, chain })
  for (const { at, ...changes } of entries) {
    clock.set(at)
    await log.append(
      await log.reserve(),
      sampleEntry(changes.receipt, { ...changes, time: new Date(at).toISOString() }),
    )
  }
  await log.close()
}

/** One record an hour; ten fill a segment. */
const hourly = (prefix: string, count: number, minutes = 0) =>
  Array.from({ length: count }, (_, at) => ({ receipt: `${prefix}-${at}`, at: START + at * HOUR + minutes * 60_000 }))

const found = ({ out }: Outcome): readonly string[] =>
  [...out.matchAll(/"receipt":"([^"]+)"/g)].map(([, one]) => one ?? '')

let folder = ''
beforeEach(async () => void (folder = await emptyFolder()))

const audit = (): string => join(folder, 'audit')
const search = (...args: readonly string[]) =>
  auditInside(folder, ['search', '--directory', audit(), '--json', ...args])

describe('audit search', () => {
  it('finds by everything that a record names, all of it together', async () => {
    await writeLog(audit(), [
      { receipt: 'by-officer', at: START, officer: 'T-2' },
      { receipt: 'by-case', at: START + 1, case: 'C-9', matter: 'other-matter' },
      { receipt: 'by-department', at: START + 2, department: 'tax', application: 'tax-desk' },
      { receipt: 'acting', at: START + 3, actingFor: 'tax' },
      { receipt: 'verified', at: START + 4, method: 'verify', outcome: { status: 200, codes: ['LIMIT_EXCEEDED'] } },
      {
        receipt: 'granted',
        at: START + 5,
        grants: ['G-7'],
        data: [{ coordinate: 'Tax.paid', decision: 'ALLOW', providers: ['tax-bureau'] }],
      },
    ])
    const cases: readonly (readonly [FilterFlags, readonly string[]])[] = [
      [{ officer: 'T-2' }, ['by-officer']],
      [{ case: 'C-9' }, ['by-case']],
      [{ matter: 'other-matter' }, ['by-case']],
      [{ department: 'tax' }, ['by-department', 'acting']],
      [{ application: 'tax-desk' }, ['by-department']],
      [{ method: 'verify' }, ['verified']],
      [{ code: 'LIMIT_EXCEEDED' }, ['verified']],
      [{ grant: 'G-7' }, ['granted']],
      [{ provider: 'tax-bureau' }, ['granted']],
      [{ coordinate: 'Tax.paid' }, ['granted']],
      [{ coordinate: 'Tax' }, ['granted']],
      [{ coordinate: 'Tax', decision: 'DENY' }, []],
      [{ decision: 'DENY', officer: 'T-2' }, ['by-officer']],
      [{ decision: 'DENY', grant: 'G-7' }, []],
    ]
    for (const [flags, expected] of cases) {
      const all = await Array.fromAsync(scanChains([{ directory: audit(), process: null }], filterOf(flags, null)))
      expect([flags, all.map(({ record }) => record.receipt)]).toEqual([flags, expected])
    }
    expect(found(await search('--decision', 'DENY', '--officer', 'T-2'))).toEqual(['by-officer'])
    const { out } = await auditInside(folder, ['search', '--directory', audit(), '--officer', 'T-2', '--lang', 'zh'])
    expect(out).toMatch(
      /^2026-11-23 08:00:00 {2}by-officer .*查询.*housing\/housing-desk T-2 .*提供 1,脱敏 1,不提供 1 .*NO_GRANT\n共 1 条记录\n$/,
    )
  })

  it('takes days as the city has them, and reads no segment that was closed before', async () => {
    await writeLog(audit(), hourly('a', 60))
    const days = await search('--since', '2026-11-24', '--until', '2026-11-24')
    // 00:00 to 24:00 in UTC+8 is 16:00 to 16:00 in UTC.
    expect(found(days)).toEqual(Array.from({ length: 24 }, (_, at) => `a-${at + 16}`))
    expect(found(await search('--since', '2026-11-25T00:00:00Z', '--until', '2026-11-25T03:00:00Z'))).toEqual([
      'a-48',
      'a-49',
      'a-50',
    ])
    expect((await search('--since', '2026-02-30')).err).toContain('Expected a day')
    // A segment whose header says another time is not opened beyond it: damage there is met by nobody.
    const first = join(audit(), '00000001.ndjson')
    await writeFile(first, (await readFile(first, 'utf8')).replace('"kind":"record"', '"kind":"recorc"'))
    expect((await search('--since', '2026-11-25')).code).toBe(0)
    const every = await search('--since', '2026-11-25', '--every-segment')
    expect([every.code, every.err]).toEqual([1, expect.stringContaining('00000001.ndjson:2') as unknown])
  })

  it('looks at segments whatever their header says where the clock went back', async () => {
    await writeLog(audit(), [...hourly('a', 30), ...hourly('back', 30, 30)])
    const { out } = await search('--since', '2026-11-23T01:00:00Z', '--until', '2026-11-23T02:00:00Z')
    expect(found({ code: 0, out, err: '' })).toEqual(['a-1', 'back-1'])
  })

  it('merges several chains by time, and keeps the order of each', async () => {
    await writeLog(join(audit(), '1'), hourly('a', 20), 'gateway-1')
    await writeLog(join(audit(), '2'), hourly('b', 20, 30), 'gateway-2')
    expect(found(await search())).toEqual(Array.from({ length: 20 }, (_, at) => [`a-${at}`, `b-${at}`]).flat())
  })

  it('names lines that it could not read, for then not everything was searched', async () => {
    await writeLog(audit(), hourly('a', 3))
    const path = join(audit(), '00000001.ndjson')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"receipt":"a-1"', '"receipt":1'))
    const outcome = await search()
    expect([found(outcome), outcome.code]).toEqual([['a-0', 'a-2'], 1])
    expect(outcome.err).toContain('00000001.ndjson:3')
  })
})

describe('audit search --subject', () => {
  let keys = ''
  beforeAll(async () => {
    keys = join(await emptyFolder(), 'keys')
    await generateKeys(keys, { development: false, now: START })
  })

  async function pseudonymKeys(): Promise<readonly Uint8Array[]> {
    const ring = JSON.parse(await readFile(join(keys, 'subject-pseudonym.json'), 'utf8')) as {
      readonly keys: readonly { readonly material: { readonly k: string } }[]
    }
    return ring.keys.map(({ material }) => Buffer.from(material.k, 'base64url'))
  }

  const ask = (typed: string, ...more: readonly string[]): Promise<Outcome> =>
    piped(folder, typed, ['audit', 'search', '--subject', '--keys', keys, '--directory', audit(), '--json', ...more])

  it('finds a person under every key that is kept, however the number is written', async () => {
    const [old = ''] = subjectPseudonyms(await pseudonymKeys(), 'RESIDENT_ID', validNumber())
    await rotateKey(keys, 'subject-pseudonym', { development: false, now: START + HOUR, keep: 99 })
    const both = subjectPseudonyms(await pseudonymKeys(), 'RESIDENT_ID', validNumber())
    expect(both).toHaveLength(2)
    expect(both).toContain(old)
    await writeLog(audit(), [
      { receipt: 'before', at: START, subjects: [old] },
      { receipt: 'somebody-else', at: START + 1 },
      ...both.filter((one) => one !== old).map((one) => ({ receipt: 'after', at: START + 2, subjects: ['x', one] })),
    ])
    for (const typed of [validNumber(), ` ${validNumber().toLowerCase()}\r\n`, fullWidth(validNumber())]) {
      const outcome = await ask(typed)
      expect([found(outcome), outcome.code]).toEqual([['before', 'after'], 0])
      expect(outcome.out + outcome.err).not.toContain(validNumber())
    }
  })

  it('refuses a number as an argument, one that cannot exist, and keys that are not there', async () => {
    await writeLog(audit(), hourly('a', 1))
    const argument = await search('--subject', validNumber())
    expect([argument.code, argument.err]).toEqual([1, expect.stringContaining('never an argument') as unknown])
    expect(argument.out + argument.err).not.toContain(validNumber())
    const wrong = await ask(NUMBER)
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('no such number') as unknown])
    expect((await ask('')).err).toContain('nothing was given')
    const none = await piped(folder, validNumber(), [
      'audit',
      'search',
      '--subject',
      '--keys',
      folder,
      '--directory',
      audit(),
    ])
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('subject-pseudonym.json is missing') as unknown])
  })

  it('asks at a terminal and shows nothing of what is typed', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input })
    const shown: string[] = []
    const asked = hiddenInput('RESIDENT_ID: ', { input, output: { write: (text) => shown.push(text) } })
    input.write('12\u007F34\r')
    expect(await asked).toBe('134')
    expect(shown.join('')).toBe('RESIDENT_ID: \n')
    const ended = hiddenInput('? ', { input, output: { write: () => true } })
    input.write('\u0003')
    await expect(ended).rejects.toThrow('ended')
  })
})

describe('reading line by line', () => {
  it('cuts a file as the log itself does, torn lines and free room included', async () => {
    const long = JSON.stringify({ filler: '值'.repeat(200_000) })
    const texts = [
      '',
      'a\nb\n',
      'a\n\0\0\0',
      'a\nb\0\0',
      'a\n\0x\nb',
      `${long}\n${long}`,
      `a\n${'\0'.repeat(600_000)}b\nc`,
    ]
    for (const [index, text] of texts.entries()) {
      const path = join(folder, `${index}`)
      await writeFile(path, text)
      const lines = (await Array.fromAsync(fileLines(path))).flat()
      const plain = (all: typeof lines) => all.map((one) => ({ ...one, bytes: Buffer.from(one.bytes).toString('hex') }))
      expect(plain(lines)).toEqual(plain([...splitLines(await readFile(path))]))
    }
  })

  it('gives each record once where a segment was left and its lines were written again', async () => {
    await writeLog(audit(), hourly('a', 4))
    const [name = ''] = (await readdir(audit())).filter((one) => /^\d/.test(one))
    const lines = splitLines(await readFile(join(audit(), name))).map((raw) => readLine(raw))
    expect(lines.at(-1)?.kind).toBe('seal')
    // As after a crash: the last record stands in the next segment again.
    await mkdir(join(folder, 'left'))
    const copy = (at: number): string => Buffer.from(lines[at]?.raw.bytes ?? []).toString()
    await writeFile(join(folder, 'left', name), [0, 1, 2, 3, 4].map(copy).join('\n'))
    const next = copy(0).replace('"segment":1', '"segment":2').replace('"first":1', '"first":4')
    await writeFile(join(folder, 'left', '00000002.ndjson'), [next, copy(4), ''].join('\n'))
    const chain = { directory: join(folder, 'left'), process: null }
    const all = await Array.fromAsync(scanChain(chain, {}))
    expect(all.map(({ record, place }) => [record.receipt, place.segment])).toEqual([
      ['a-0', 1],
      ['a-1', 1],
      ['a-2', 1],
      ['a-3', 2],
    ])
    expect(await Array.fromAsync(scanChains([chain, chain], { needles: ['"a-3"'] }))).toHaveLength(2)
  })
})

/** A well-formed number of a division that does not exist. */
function validNumber(): string {
  return '99000019900101005X'
}

function fullWidth(text: string): string {
  return [...text].map((one) => String.fromCodePoint((one.codePointAt(0) ?? 0) + 0xfe_e0)).join('')
}

function piped(cwd: string, typed: string, args: readonly string[]): Promise<Outcome> {
  const program = join(import.meta.dirname, '../../../gateway/cli/gongxiang.ts')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { cwd, env: { LANG: 'en_US.UTF-8' } })
    let [out, err] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
    child.stdin.end(typed)
  })
}
