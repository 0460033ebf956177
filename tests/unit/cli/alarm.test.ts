import { spawn } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { createKeyFiles, generateKeys } from '../../../gateway/adapters/key-files.ts'
import { subjectPseudonyms } from '../../../gateway/audit/pseudonym.ts'
import { parseAlarmRules } from '../../../gateway/adapters/alarms-file.ts'
import { watchedSubjects, watchEvents } from '../../../gateway/governance/alarms/watched.ts'
import { DEFAULT_SETTINGS } from '../../../gateway/governance/alarms/settings.ts'
import { openGovernanceStore } from '../../../gateway/governance/store/store.ts'
import type { GovernanceStore } from '../../../gateway/governance/store/store.ts'
import { lookUp, officeEntry } from '../../../bench/alarms/traffic.ts'
import { MONDAY, testWatch } from '../governance/alarms/kit.ts'
import { emptyFolder, gongxiang } from './run.ts'
import type { Outcome } from './run.ts'

/** A number with a right check character, of nobody: there is no such birth date. */
const NOBODY = '442000196202300011'
const PROGRAM = resolve(import.meta.dirname, '../../../gateway/cli/gongxiang.ts')

let folder: string
let store: GovernanceStore
beforeEach(async () => {
  folder = await emptyFolder()
  await generateKeys(join(folder, '.gongxiang/keys'), { development: true, now: MONDAY })
  store = await openGovernanceStore({ file: join(folder, '.gongxiang/state/governance.sqlite') })
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

/** Runs a command with a number on its standard input. */
async function typing(number: string, args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, env: { LANG: 'en_US.UTF-8' } })
  child.stdin.end(`${number}\n`)
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.once('close', done)),
  ])
  return { code, out, err }
}

async function keys(): Promise<readonly Uint8Array[]> {
  const ring = await createKeyFiles(join(folder, '.gongxiang/keys')).load('subject-pseudonym')
  if ('kind' in ring) throw new Error(ring.message)
  return ring.flatMap(({ material }) => (material.kind === 'secret' ? [Buffer.from(material.k, 'base64url')] : []))
}

describe('gongxiang watch', () => {
  test('keeps pseudonyms of a number that is typed in, and the number nowhere', async () => {
    const added = await typing(NOBODY, ['watch', 'honey', 'add', '--by', 'MSB-0042'])
    expect([added.code, added.err]).toEqual([0, ''])
    const rows = await watchedSubjects(store)
    expect(rows.map(({ pseudonym }) => pseudonym)).toEqual(subjectPseudonyms(await keys(), 'RESIDENT_ID', NOBODY))
    expect(rows[0]).toMatchObject({ kind: 'HONEY', officer: '', by: 'MSB-0042' })
    const listed = await gongxiang(folder, ['watch', 'honey', 'list'])
    expect(listed.out).toContain(rows[0]?.pseudonym)
    expect(added.out + listed.out + JSON.stringify(rows)).not.toContain(NOBODY.slice(6))
    const remove = ['watch', 'honey', 'remove', '--by', 'MSB-0042', '--reason', 'another one is planted']
    expect((await gongxiang(folder, ['watch', 'honey', 'remove'])).code).not.toBe(0)
    const removed = await typing(NOBODY, remove)
    expect([removed.code, await watchedSubjects(store)]).toEqual([0, []])
    expect(await typing(NOBODY, remove)).toMatchObject({ code: 1, out: '' })
    const history = await gongxiang(folder, ['watch', 'history'])
    expect(history.out).toMatch(/WATCHED[^]*ENDED .*by MSB-0042 +another one is planted/)
  })

  test('links officers with their own number and with relatives', async () => {
    const link = ['watch', 'officer', 'link', 'hur-0117', '--department', 'housing', '--by', 'HUR-0001']
    expect((await typing(NOBODY, link)).code).toBe(0)
    expect((await typing(NOBODY, [...link, '--relative'])).code).toBe(0)
    const rows = await watchedSubjects(store)
    expect(rows.map(({ kind, officer }) => `${kind} ${officer}`).toSorted()).toEqual([
      'RELATIVE housing/HUR-0117',
      'SELF housing/HUR-0117',
    ])
  })

  test('is ended for one officer alone, by another one, and with a reason', async () => {
    const link = (officer: string) => ['watch', 'officer', 'link', officer, '--department', 'housing', '--relative']
    for (const officer of ['HUR-0117', 'HUR-0118']) await typing(NOBODY, [...link(officer), '--by', 'HUR-0001'])
    const unlink = (by: string) => ['watch', 'officer', 'unlink', 'HUR-0117', '--department', 'housing', '--by', by]
    const end = (by: string) => typing(NOBODY, [...unlink(by), '--relative', '--reason', 'divorced'])
    expect((await end('hur-0117')).err).toContain('nobody ends a watch over themselves')
    expect((await end('HUR-0001')).code).toBe(0)
    expect(new Set((await watchedSubjects(store)).map(({ officer }) => officer))).toEqual(new Set(['housing/HUR-0118']))
    const ended = (await watchEvents(store)).filter(({ what }) => what === 'ENDED')
    expect(ended[0]).toMatchObject({ officer: 'housing/HUR-0117', by: 'HUR-0001', reason: 'divorced' })
  })

  test('refuses a number that cannot exist, and takes none as an argument', async () => {
    const wrong = await typing('442000196202300012', ['watch', 'honey', 'add', '--by', 'MSB-0042'])
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('no such number')])
    expect(wrong.err).not.toContain('442000196202300012')
    expect((await gongxiang(folder, ['watch', 'honey', 'add', NOBODY, '--by', 'MSB-0042'])).code).not.toBe(0)
    expect(await watchedSubjects(store)).toEqual([])
  })
})

describe('gongxiang alarm', () => {
  test('lists, shows and decides; what stands in the way is said', async () => {
    const watched = await testWatch(store)
    await watched.judge([0, 1, 2, 3].map((nth) => officeEntry(MONDAY, lookUp([5 + nth * 9_973]))))
    const [alarm] = await watched.alarms()
    const id = alarm?.id ?? ''
    const run = (...args: readonly string[]) => gongxiang(folder, ['alarm', ...args])
    expect((await run('list')).out).toContain(`${id}  `)
    expect((await run('list', '--rule', 'VOLUME')).out).toBe('')
    expect((await run('list', '--state', 'closed')).code).not.toBe(0)
    const page = await run('show', id)
    for (const word of [
      'ENUMERATION',
      'NT-33.1(3)',
      'alder-office / ao-desk / AO-1',
      alarm?.evidence.receipts[0] ?? '',
    ])
      expect(page.out).toContain(word)
    const decide = (kind: string, by: string, reason: string, department = 'elm-office') =>
      run(kind, id, '--by', by, '--department', department, '--reason', reason)
    expect((await decide('dismiss', 'AO-9', 'ours', 'alder-office')).err).toContain('nobody decides')
    expect((await decide('dismiss', 'AO-9', 'four of one family')).out).toBe(`${id} is DISMISSED.\n`)
    expect((await decide('dismiss', 'AO-9', 'again')).err).toContain('already')
    expect((await decide('reopen', 'AO-9', 'they are not')).out).toBe(`${id} is OPEN.\n`)
    expect((await run('show', 'al_NOBODY')).err).toContain('there is no alarm')
  })

  test('prints the limits in force, and every fault of a file', async () => {
    const file = join(folder, 'alarms.yaml')
    expect(JSON.parse((await gongxiang(folder, ['alarm', 'rules'])).out)).toEqual(DEFAULT_SETTINGS)
    await writeFile(file, 'ENUMERATION: { officer: 1 }\nVOLUMES: {}\n')
    const faulty = await gongxiang(folder, ['alarm', 'rules', file])
    expect(faulty.code).toBe(1)
    expect(faulty.err).toContain('ENUMERATION.officer')
    expect(faulty.err).toContain('VOLUMES')
  })
})

test('the example of docs/alarms.md is a file of rules, and its limits are the defaults', async () => {
  const page = await readFile(resolve(import.meta.dirname, '../../../docs/alarms.md'), 'utf8')
  const example = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? ''
  const { except, OFF_HOURS: hours, ...limits } = parseAlarmRules(example)
  const { except: _none, OFF_HOURS: usual, ...defaults } = DEFAULT_SETTINGS
  expect(except).toHaveLength(1)
  expect(hours).toMatchObject({ from: usual.from, until: usual.until, subjects: usual.subjects })
  // One number is not the default, to show that it can be set.
  expect(limits).toEqual({ ...defaults, ENUMERATION: { ...defaults.ENUMERATION, officer: 3 } })
  expect(Object.keys(parse(example) as object)).toContain('suspending')
})
