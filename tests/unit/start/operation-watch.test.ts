import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readOperations } from '../../../gateway/adapters/operation-files.ts'
import type { Party } from '../../../gateway/caller/parties.ts'
import { describeError } from '../../../gateway/observe/describe-error.ts'
import { watchOperations } from '../../../gateway/start/operation-watch.ts'
import type { OperationWatch } from '../../../gateway/start/operation-watch.ts'
import { FIRMS } from '../compile/filtering.ts'
import { HUIZHOU, ZHONGSHAN, matterOf } from '../grants/world.ts'

interface Heard {
  readonly step?: string
  readonly subject?: string
  readonly count?: number
  readonly where?: string
  readonly error?: unknown
}

const heard: Heard[] = []
const hear = (event: unknown): void => void heard.push(event as Heard)
let stop: () => Promise<void> = () => Promise.resolve()

beforeEach(() => {
  heard.length = 0
  for (const name of ['failure', 'lifecycle']) subscribe(`gongxiang:${name}`, hear)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(async () => {
  await stop()
  vi.useRealTimers()
  for (const name of ['failure', 'lifecycle']) unsubscribe(`gongxiang:${name}`, hear)
})

const registerOf = (...selections: readonly string[]) =>
  readOperations(
    'o.yaml',
    `operations:\n${selections
      .map((one, at) => `  - { id: O${at}, department: housing, application: desk, matter: M, document: "${one}" }\n`)
      .join('')}`,
  )

const name = { zh: '住房', en: 'Housing' }
const facts = { type: 'DEPARTMENT', byReference: false, basis: ['ZS-1.06'], roles: [], suspended: false } as const
const HOUSING: Party = {
  code: 'housing',
  name,
  ...facts,
  delegations: [],
  applications: [{ code: 'desk', name, suspended: false }],
}
const CODE = '{ registered { code } }'
const FIRM_NAME = '{ registered { ... on Firm { name } } }'

/** A watch over what a test may change. */
function watch(selections: readonly string[]) {
  let matter = matterOf({ 'Firm.code': 'READ' })
  const state = {
    register: registerOf(...selections),
    parties: [HOUSING] as readonly Party[],
    regime: ZHONGSHAN,
    version: 1,
  }
  const standing: OperationWatch = {
    operations: { register: () => state.register },
    matters: { version: () => state.version, find: (code) => (code === 'M' ? matter : null), ofDepartment: () => [] },
    parties: () => state.parties,
    regime: () => state.regime,
    generation: () => FIRMS.generation,
  }
  stop = watchOperations({ limits: { tokens: 500 } as Parameters<typeof watchOperations>[0]['limits'] }, standing)
  const needs = (next: Parameters<typeof matterOf>[0]): void => {
    matter = matterOf(next)
    state.version += 1
  }
  return { state, needs }
}

/** Lets the watch look once more, and whatever it began end. */
async function settle(): Promise<void> {
  vi.advanceTimersByTime(250)
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

const steps = (): unknown[] => heard.flatMap(({ step, subject, count }) => (step ? [[step, subject, count]] : []))
const places = (): string[] =>
  heard.flatMap(({ where, error }) => (where === 'operations' ? (describeError(error).places ?? []) : []))

test('a register without a fault is nothing to tell of', async () => {
  watch([CODE])
  await settle()
  expect(heard).toEqual([])
})

test('what is not in force is told at once, with its places, and once', async () => {
  watch([CODE, FIRM_NAME])
  await settle()
  await settle()
  expect([steps(), places()]).toEqual([[['degraded', 'operations', 1]], [expect.stringMatching(/^o\.yaml:3:\d+/)]])
})

test('a changed matter, party or register is looked at anew', async () => {
  const { state, needs } = watch([FIRM_NAME])
  await settle()
  needs({ 'Firm.name': 'READ' })
  await settle()
  state.parties = [{ ...HOUSING, applications: [] }]
  await settle()
  state.parties = [HOUSING]
  await settle()
  state.register = registerOf(FIRM_NAME, CODE, '{')
  await settle()
  expect(steps()).toEqual([
    ['degraded', 'operations', 1],
    ['recovered', 'operations', 0],
    ['degraded', 'operations', 1],
    ['recovered', 'operations', 0],
    ['degraded', 'operations', 2],
  ])
})

test('another regime tells the fault by its own clause', async () => {
  const { state } = watch([FIRM_NAME])
  await settle()
  state.regime = HUIZHOU
  await settle()
  expect(steps()).toEqual([
    ['degraded', 'operations', 1],
    ['degraded', 'operations', 1],
  ])
})

test('a check that fails is told, and ends nothing', async () => {
  const { state } = watch([CODE])
  await settle()
  const broken = registerOf(FIRM_NAME)
  state.register = {
    operations: broken.operations,
    locate: () => {
      throw new Error('gone')
    },
  }
  await settle()
  expect(heard.map(({ where }) => where)).toEqual(['operation-check'])
  state.register = broken
  await settle()
  expect(steps()).toEqual([['degraded', 'operations', 1]])
})
