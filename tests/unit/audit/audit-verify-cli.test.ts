import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { auditFiles, auditReader } from '../../../gateway/adapters/audit-file.ts'
import { checkpointsIn } from '../../../gateway/audit/heads.ts'
import { FAULT_TEXTS, NOTICE_TEXTS } from '../../../gateway/audit/verify-report.ts'
import type { AuditDefaults } from '../../../gateway/cli/audit-verify.ts'
import { auditVerify, register } from '../../../gateway/cli/audit-verify.ts'
import { AUDIT_KEY, STRANGER_KEY, appendAll, openTestLog, receipts } from '../../kit/audit-samples.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gongxiang-audit-'))
  const log = await openTestLog(auditFiles(directory))
  await appendAll(log, receipts('a', 4))
  await log.close()
})
afterEach(async () => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  await rm(directory, { recursive: true })
})

async function run(changes: Partial<Parameters<typeof auditVerify>[0]> = {}) {
  const printed: string[] = []
  const publicKeys = [AUDIT_KEY.publicKey]
  const print = (text: string): void => {
    printed.push(text)
  }
  const code = await auditVerify({ directory, publicKeys, json: false, language: 'en', print, ...changes })
  return { code, text: printed.join('\n') }
}

/** The command with flags: its exit code, and what it printed. */
async function command(...flags: readonly string[]) {
  const said: string[] = []
  const written = vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0)
  const program = new Command().exitOverride()
  register(program, async () => ({ directory, publicKeys: [AUDIT_KEY.publicKey] }))
  for (const one of program.commands.flatMap((audit) => [audit, ...audit.commands])) {
    one.exitOverride().configureOutput({ writeErr: () => undefined })
  }
  await program.parseAsync(['node', 'gongxiang', 'audit', 'verify', '--lang', 'en', ...flags]).finally(() => {
    written.mockRestore()
  })
  return { code: process.exitCode, said: said.join('') }
}

async function tamper(): Promise<void> {
  const path = join(directory, '00000001.ndjson')
  await writeFile(path, (await readFile(path, 'utf8')).replace('"receipt":"a-2"', '"receipt":"b-2"'))
}

describe('audit verify', () => {
  it('says what is proved and what is not, in both languages', async () => {
    const english = await run()
    expect(english.code).toBe(0)
    expect(english.text).toContain('in order: chain test-chain, 4 records, 1 segments')
    expect(english.text).toContain('Records 1 to 4')
    expect(english.text).toContain('Not proved:')
    const chinese = await run({ language: 'zh-CN' })
    expect(chinese.text).toContain('审计日志完好')
    expect(chinese.text).toContain('未证明:')
  })

  it('names the place of a fault and exits with 1', async () => {
    await tamper()
    const { code, text } = await run()
    expect(code).toBe(1)
    expect(text).toContain('00000001.ndjson line 4, record 3: the record was changed')
    expect(text).not.toContain('none was changed')
  })

  it('prints JSON for a machine', async () => {
    await tamper()
    const { code, text } = await run({ json: true })
    expect(code).toBe(1)
    expect(JSON.parse(text)).toMatchObject({
      ok: false,
      records: 4,
      faults: [{ kind: 'changed', file: '00000001.ndjson', line: 4, seq: 3, message: FAULT_TEXTS.changed }],
    })
  })

  it('exits with 2 when there is nothing to verify', async () => {
    const missing = await run({ directory: join(directory, 'none') })
    expect(missing).toMatchObject({ code: 2, text: expect.stringContaining('ENOENT') as unknown })
    const empty = await mkdtemp(join(directory, 'empty-'))
    expect(await run({ directory: empty, json: true })).toMatchObject({
      code: 2,
      text: expect.stringContaining('no audit log') as unknown,
    })
  })

  it('is a command, with defaults only where the flags leave room', async () => {
    const written: string[] = []
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
    const defaults = vi.fn<AuditDefaults>(async () => ({ directory, publicKeys: [AUDIT_KEY.publicKey] }))
    const command = async (...flags: readonly string[]) => {
      const program = new Command()
      register(program, defaults)
      await program.parseAsync(['node', 'gongxiang', 'audit', 'verify', '--lang', 'en', ...flags])
      return process.exitCode
    }
    expect(await command()).toBe(0)
    expect(defaults).toHaveBeenCalledTimes(1)
    const key = join(directory, 'key.pem')
    await writeFile(key, STRANGER_KEY.publicKey.export({ type: 'spki', format: 'pem' }))
    expect(await command('--directory', directory, '--public-key', key, '--json')).toBe(1)
    expect(defaults).toHaveBeenCalledTimes(1)
    expect(written.at(-1)).toContain('unknown-key')
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    expect(await command('--public-key', join(directory, 'none.pem'))).toBe(2)
  })

  it('takes all keys of a file, as they are printed after a rotation', async () => {
    const pem = [STRANGER_KEY, AUDIT_KEY].map(
      ({ publicKey }) => `# a comment\n${publicKey.export({ type: 'spki', format: 'pem' })}`,
    )
    const key = join(directory, 'key.pem')
    await writeFile(key, pem.join(''))
    expect((await command('--directory', directory, '--public-key', key)).code).toBe(0)
    await writeFile(key, '# a comment\n')
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    expect((await command('--directory', directory, '--public-key', key)).code).toBe(2)
  })

  it('reads a part where a flag says so, and says what was not read', async () => {
    for (const run of ['b', 'c']) {
      const log = await openTestLog(auditFiles(directory))
      await appendAll(log, receipts(run, 4))
      await log.close()
    }
    const checkpoint = join(directory, '..', `${basename(directory)}.note`)
    const notes = (await checkpointsIn(auditReader(directory))).filter(({ seq }) => seq === 8)
    await writeFile(checkpoint, notes[0]?.note ?? '')
    const behind = await command('--from-checkpoint', checkpoint)
    expect(behind).toMatchObject({ code: 0, said: expect.stringContaining('Records 5 to 12, 8 in all') as unknown })
    expect(behind.said).toContain('the checkpoint given was taken at its word')
    expect(await command('--from', '9')).toMatchObject({
      code: 0,
      said: expect.stringContaining('Records 9 to 12, 4 in all') as unknown,
    })
    expect((await command('--to', '5')).said).toContain('Records behind 8 were not read')
    expect((await command('--until', '2020-01-01T00:00:00Z')).said).toContain('Records 1 to 4')
    expect((await command('--head', checkpoint)).code).toBe(0)
    await rm(checkpoint)
  })

  it('refuses a range told in two ways, or in none', async () => {
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    expect((await command('--from', '3', '--since', '2026-11-01T00:00:00+08:00')).code).toBe(2)
    await expect(command('--from', '0')).rejects.toThrow('record number')
    await expect(command('--since', 'yesterday')).rejects.toThrow('ISO 8601')
  })

  it('reads the same times of several chains, each behind its own checkpoint', async () => {
    const root = await mkdtemp(join(directory, 'several-'))
    const notes: string[] = []
    for (const process of ['1', '2']) {
      const files = auditFiles(join(root, process))
      for (const run of ['a', 'b']) {
        const log = await openTestLog(files, { chain: `gateway-${process}` })
        await appendAll(log, receipts(run, 4))
        await log.close()
      }
      notes.push((await checkpointsIn(files)).find(({ seq }) => seq === 4)?.note ?? '')
    }
    const range = { kind: 'checkpoint', checkpoint: Buffer.from(notes[1] ?? '') } as const
    const { code, text } = await run({ directory: root, range, json: true })
    expect(code).toBe(0)
    expect(JSON.parse(text)).toMatchObject({
      chains: [
        { records: 8, range: { trusted: null } },
        { records: 8, range: { trusted: 4 } },
      ],
    })
    expect((await run({ directory: root, range: { kind: 'times', until: 0 } })).code).toBe(0)
    expect((await run({ directory: root, range: { kind: 'records', from: 2 } })).text).toContain('one chain')
  })

  it('has a text for every fault and notice', () => {
    for (const { zh, en } of [...Object.values(FAULT_TEXTS), ...Object.values(NOTICE_TEXTS)]) {
      expect(zh).toMatch(/\p{Script=Han}/u)
      expect(en).toMatch(/^[\x20-\x7e]+$/)
    }
  })
})
