import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { publishFailure, publishFetch, publishLifecycle, publishRequest } from '../../../gateway/observe/channels.ts'
import type { RequestEvent } from '../../../gateway/observe/channels.ts'
import { ConfigFault } from '../../../gateway/config/fault.ts'
import { describeError } from '../../../gateway/observe/describe-error.ts'
import { startLog } from '../../../gateway/observe/log.ts'
import type { LogOptions } from '../../../gateway/observe/log.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'

/** Synthetic; must never be seen in a log. */
const NAME = '欧阳演示'
const NUMBER = '442099199001010012'

const logged = {
  receipt: 'gx_1',
  department: 'tax',
  application: 'tax-desk',
  lane: 'apollo',
  status: 200,
  codes: ['NO_GRANT'],
  coordinates: 3,
  fetches: 1,
  milliseconds: 4,
} as const
/** What is for metrics and traces alone. */
const beside = { startedAt: 1_000, started: 1, stages: null, trace: null, outcomes: [] }
const request: RequestEvent = { ...logged, ...beside }

let stop: () => void = () => undefined
afterEach(() => stop())

function capture(options: Partial<LogOptions> = {}): string[] {
  const lines: string[] = []
  stop = startLog({ level: 'trace', pretty: false, write: (line) => lines.push(line), ...options })
  return lines
}

const parsed = (lines: readonly string[]): unknown[] => lines.map((line): unknown => JSON.parse(line))

describe('channels', () => {
  it('do not even build an event when nobody listens', () => {
    const lines = capture()
    stop()
    let built = 0
    publishRequest(() => ((built += 1), request))
    expect([built, lines.length]).toEqual([0, 0])
  })

  it('tell the log once, and no longer when it is stopped', () => {
    const lines = capture()
    publishRequest(() => request)
    publishFetch(() => ({ receipt: 'gx_1', department: 'tax', outcome: 'ok', entities: 2, milliseconds: 1 }))
    publishLifecycle(() => ({ step: 'ready', milliseconds: 10 }))
    expect(parsed(lines)).toMatchObject([
      { level: 30, msg: 'request', ...logged },
      { level: 20, msg: 'fetch', department: 'tax', entities: 2 },
      { level: 30, msg: 'lifecycle', step: 'ready' },
    ])
    stop()
    publishRequest(() => request)
    expect(lines).toHaveLength(3)
  })
})

describe('levels', () => {
  it('follow what happened', () => {
    const lines = capture({ level: 'warn' })
    publishRequest(() => request)
    publishRequest(() => ({ ...request, status: 503 }))
    publishFetch(() => ({ receipt: 'gx_1', department: 'tax', outcome: 'failed', entities: 0, milliseconds: 1 }))
    publishLifecycle(() => ({ step: 'degraded', subject: 'redis' }))
    publishLifecycle(() => ({ step: 'ready' }))
    expect(parsed(lines)).toMatchObject([{ level: 50 }, { level: 40 }, { level: 40 }])
  })

  it('silent says nothing', () => {
    const lines = capture({ level: 'silent' })
    publishFailure(() => ({ receipt: null, where: 'x', code: null, error: new Error('y') }))
    expect(lines).toEqual([])
  })
})

describe('no personal data, at trace level too', () => {
  it('fields that an event carries by mistake stay out', () => {
    const lines = capture()
    const spoiled = { ...request, name: NAME, variables: { idDocumentNumber: NUMBER } }
    publishRequest(() => spoiled)
    publishFetch(() => ({ ...spoiled, outcome: 'ok' as const, entities: 1, department: 'tax', body: NUMBER }))
    publishLifecycle(() => Object.assign({ step: 'ready' as const }, { name: NAME }))
    expect(lines).toHaveLength(3)
    expect(lines.join()).not.toMatch(new RegExp(`${NAME}|${NUMBER}`))
  })

  it('an error is told by class, code and place, without its message', () => {
    const lines = capture()
    const cause = Object.assign(new RangeError(`row of ${NAME}`), { code: 'ERR_ROW', row: { xm: NAME } })
    const error = new Failure('INTERNAL', { detail: `${NUMBER} broke\n    at ${NAME} (/tmp/${NUMBER}.ts:1:1)`, cause })
    publishFailure(() => ({ receipt: 'gx_1', where: 'execute', code: 'INTERNAL', error }))
    expect(lines.join()).not.toMatch(new RegExp(`${NAME}|${NUMBER}`))
    expect(parsed(lines)).toMatchObject([
      {
        level: 50,
        receipt: 'gx_1',
        where: 'execute',
        code: 'INTERNAL',
        error: {
          name: 'Failure',
          code: 'INTERNAL',
          stack: expect.arrayContaining([
            expect.stringMatching(/^tests\/unit\/observe\/log\.test\.ts:\d+:\d+$/),
          ]) as unknown,
          cause: { name: 'RangeError', code: 'ERR_ROW' },
        },
      },
    ])
  })
})

describe('describeError', () => {
  const secret = new RegExp(`${NAME}|${NUMBER}|ouyang`)

  /** An error whose stack was made under another message than it has now: the message in it cannot be cut out. */
  function changed(message: string): Error {
    const error = new Error(message)
    expect(error.stack).toContain(NUMBER)
    return Object.assign(error, { message: 'harmless' })
  }

  const hostile: readonly (readonly [string, unknown])[] = [
    ['text', NAME],
    ['a number', Number(NUMBER)],
    ['an object with a forged name and code', { name: NAME, code: NUMBER, stack: `at ${NAME} (${NUMBER}:1:1)` }],
    ['a message changed after the fact', changed(NUMBER)],
    ['a message that looks like places', new Error(`x\n    at a (/${NUMBER}/b.ts:1:1)\n    at node:${NUMBER}:1:1`)],
    ['such places inside our own folder', changed(`x\n    at ${NAME} (${process.cwd()}/${NUMBER}.ts:1:1)`)],
    ['such places elsewhere', changed(`${NUMBER}\n    at x (/srv/ouyang/x.ts:1:1)\n    at file:///ouyang.ts:1:1`)],
    ['causes in a circle', circle()],
    ['many errors in one', new AggregateError([new Error(NAME)], NUMBER)],
    [
      'a getter that throws',
      {
        get message() {
          throw new Error(NAME)
        },
        get stack() {
          throw new Error(NUMBER)
        },
      },
    ],
    ['nothing', undefined],
  ]

  function circle(): Error {
    const error = new Error(NUMBER)
    error.cause = error
    return error
  }

  it.each(hostile)('tells nothing of %s', (_, error) => {
    expect(inspect(describeError(error), { depth: 10 })).not.toMatch(secret)
  })

  it('tells where the faults of a bad file stand, and nothing of what is written there', () => {
    const at = (line: number, path: string) => ({
      origin: { kind: 'file' as const, file: '/etc/gongxiang/grants.yaml', line, column: 5 },
      path,
      message: 'is not 440301198001010012',
    })
    const fault = new ConfigFault([at(3, 'grants.0.clear.1'), at(9, 'grants.1.parameters.440301198001010012')])
    expect(describeError(fault).places).toEqual([
      '/etc/gongxiang/grants.yaml:3:5 grants.0.clear.1',
      '/etc/gongxiang/grants.yaml:9:5',
    ])
    expect(JSON.stringify(describeError(fault))).not.toContain('4403')
  })

  it('would be caught telling the message', () => {
    expect(inspect(new Error(NUMBER))).toMatch(secret)
  })

  it('keeps the codes of node and of PostgreSQL', () => {
    expect(describeError(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })).code).toBe('ECONNREFUSED')
    expect(describeError(Object.assign(new Error('x'), { code: 'ERR_HTTP2_ERROR' })).code).toBe('ERR_HTTP2_ERROR')
    expect(describeError(Object.assign(new Error('x'), { code: '42P01' })).code).toBe('42P01')
  })
})

describe('lines for people', () => {
  it('show time, level, event and fields, and leave out what is absent', () => {
    const lines = capture({ pretty: true })
    publishRequest(() => ({ ...request, department: null }))
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} INFO {2}request receipt=gx_1 application=tax-desk lane=apollo status=200 codes=\["NO_GRANT"\] coordinates=3 fetches=1 milliseconds=4\n$/,
    )
  })
})
