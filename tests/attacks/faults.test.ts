import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readReport, verdictOf } from './detect.ts'
import { complaintsAbout, readFaults, withFault } from './fault.ts'
import type { Fault } from './fault.ts'

/* The list of faults that the attacks notice; that they do is shown by `npm run mutate:attacks`, which takes minutes. */

const faults = readFaults()

describe('the faults of the product', () => {
  test('stand in one place each, are TypeScript, and name attacks that exist', () => {
    expect(complaintsAbout(faults)).toEqual([])
  })

  test('are many, and spread over the rooms', () => {
    expect(faults.length).toBeGreaterThanOrEqual(60)
    const rooms = new Set(faults.map(({ file }) => file.split('/').slice(0, 2).join('/')))
    expect([...rooms]).toEqual(
      expect.arrayContaining(
        ['adapters', 'caller', 'compile', 'execute', 'grants', 'http', 'project', 'request'].map(
          (room) => `gateway/${room}`,
        ),
      ),
    )
  })
})

describe('a list of faults that is wrong', () => {
  let root: string
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'gx-faults-'))
    await mkdir(join(root, 'gateway'))
    await mkdir(join(root, 'tests'))
    await writeFile(join(root, 'gateway', 'a.ts'), 'export const open = false\nexport const shut = !open && !open\n')
    await writeFile(join(root, 'tests', 'a.test.ts'), "describe('a door', () => test('is shut', () => {}))")
  })
  afterAll(() => rm(root, { recursive: true, force: true }))

  const right: Fault = {
    id: 'A-01',
    title: 'A door is open',
    file: 'gateway/a.ts',
    find: 'open = false',
    replace: 'open = true',
    detectedBy: [{ file: 'tests/a.test.ts', test: 'a door > is shut' }],
  }
  const other: Fault = { ...right, id: 'A-02', find: 'shut = !open', replace: 'shut = open' }

  test('is told from one that is right', () => {
    expect(complaintsAbout([right, other], root)).toEqual([])
  })

  test.each<[string, readonly Fault[], RegExp]>([
    ['an ID that stands twice', [right, { ...other, id: right.id }], /A-01 stands twice/],
    ['a place that is not there', [{ ...right, find: 'ajar' }], /A-01: gateway\/a\.ts has no "ajar"/],
    ['a place that is there twice', [{ ...right, find: '!open', replace: 'open' }], /more than once/],
    ['a file that is not there', [{ ...right, file: 'gateway/b.ts' }], /there is no gateway\/b\.ts/],
    [
      'one place for two',
      [right, { ...right, id: 'A-02', find: 'const open =', replace: 'let open =' }],
      /A-01 and A-02 are in one place/,
    ],
    ['a change that is none', [{ ...right, replace: right.find }], /A-01 changes nothing/],
    ['a change after which nothing is read', [{ ...right, replace: 'open = (' }], /A-01: with it gateway\/a\.ts/],
    [
      'a test that is not there',
      [{ ...right, detectedBy: [{ file: 'tests/a.test.ts', test: 'a door > is locked' }] }],
      /A-01: tests\/a\.test\.ts has no "is locked"/,
    ],
    [
      'a file of tests that is not there',
      [{ ...right, detectedBy: [{ file: 'tests/b.test.ts', test: 'x' }] }],
      /A-01: there is no tests\/b\.test\.ts/,
    ],
  ])('%s', (_name, list, complaint) => {
    expect(complaintsAbout(list, root)).toEqual([expect.stringMatching(complaint)])
  })

  test('a fault is put into its place and nowhere else', async () => {
    const text = await readFile(join(root, 'gateway', 'a.ts'), 'utf8')
    expect(withFault(right, text)).toBe(text.replace('open = false', 'open = true'))
  })
})

describe('what a run of the tests comes to', () => {
  const reportOf = (...tests: readonly (readonly [group: string, title: string, status: string, message?: string])[]) =>
    JSON.stringify({
      testResults: [
        {
          message: tests.length === 0 ? 'Cannot find module' : '',
          assertionResults: tests.map(([group, title, status, message]) => ({
            ancestorTitles: [group],
            title,
            status,
            failureMessages: message === undefined ? [] : [message],
          })),
        },
      ],
    })
  const detector = { file: 'tests/a.test.ts', test: 'a door > is shut' }
  const ASSERTED = 'AssertionError: expected true to be false'

  test.each<[string, string, string]>([
    ['asserted', 'detected', reportOf(['a door', 'is shut', 'failed', ASSERTED])],
    ['asserted', 'detected', reportOf(['a door', 'is shut at night', 'failed', ASSERTED])],
    [
      'passed',
      'survived',
      reportOf(['a door', 'is shut', 'passed'], ['a door', 'is shut at night', 'failed', ASSERTED]),
    ],
    ['passed', 'survived', reportOf(['a door', 'is shut', 'passed'], ['a wall', 'is shut', 'failed', ASSERTED])],
    ['failed', 'broken', reportOf(['a door', 'is shut', 'failed', 'Error: no gateway'])],
    ['missing', 'broken', reportOf(['a door', 'is shut', 'skipped'])],
    ['missing', 'broken', reportOf()],
  ])('%s: %s', (kind, outcome, report) => {
    const result = readReport(report, detector)
    expect([result.kind, verdictOf([result]).outcome]).toEqual([kind, outcome])
  })

  test('one of two tests that does not notice it is enough to survive', () => {
    const [red, green] = [
      { kind: 'asserted', test: 'a' },
      { kind: 'passed', test: 'b' },
    ] as const
    expect(verdictOf([red, green])).toEqual({ outcome: 'survived', detail: 'b' })
    expect(verdictOf([red, red]).outcome).toBe('detected')
  })
})
