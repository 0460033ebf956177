import { describe, expect, it, test } from 'vitest'
import { demoPeople } from '../../../city/demo-people.ts'
import { callTrace, openTrace } from '../../../gateway/observe/trace/request-trace.ts'
import { readRequestId, readTraceContext, traceparentOf } from '../../../gateway/observe/trace/trace-context.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const PARENT = `00-${TRACE}-${SPAN}-01`
const NUMBER = demoPeople.allThree.document.idDocumentNumber
/** As a resident number can stand in hexadecimal digits: one whose check character is a digit. */
const DIGITS = Object.values(demoPeople)
  .map(({ document }) => document.idDocumentNumber)
  .find((one) => /^\d{18}$/.test(one))

describe('traceparent', () => {
  it('is read and written again as it was', () => {
    const read = readTraceContext(PARENT, undefined)
    expect(read).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true, state: null })
    expect(read && traceparentOf(read)).toBe(PARENT)
    expect(readTraceContext(`00-${TRACE}-${SPAN}-00`, undefined)?.sampled).toBe(false)
    // Flags of later versions stand beside the one that is known.
    expect(readTraceContext(`00-${TRACE}-${SPAN}-03`, undefined)?.sampled).toBe(true)
  })

  test.each([
    ['nothing', undefined],
    ['an empty one', ''],
    ['capitals', PARENT.toUpperCase()],
    ['version ff', PARENT.replace(/^00/, 'ff')],
    ['more behind version 00', `${PARENT}-more`],
    ['no trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['no span', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['a short one', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['no flags', `00-${TRACE}-${SPAN}`],
    ['two at once', `${PARENT}, ${PARENT}`],
    ['a long one', `01-${TRACE}-${SPAN}-01-${'x'.repeat(600)}`],
    ['a resident number', `00-${'0'.repeat(13)}${DIGITS ?? ''}1-${SPAN}-01`],
  ])('ignores %s', (_what, header) => {
    expect(readTraceContext(header, 'a=b')).toBeNull()
  })

  it('takes what it knows of a later version', () => {
    expect(readTraceContext(`01-${TRACE}-${SPAN}-01-what-comes`, undefined)).toMatchObject({ traceId: TRACE })
  })
})

describe('tracestate', () => {
  const state = (header: string): string | null => readTraceContext(PARENT, header)?.state ?? null

  it('goes on as it came, without blanks around members', () => {
    expect(state('rojo=00f067aa0ba902b7 , congo=t61rcWkgMzE,fw529a3039@dt=FfffffFF')).toBe(
      'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE,fw529a3039@dt=FfffffFF',
    )
  })

  test.each([
    ['no value', 'rojo'],
    ['an empty value', 'rojo='],
    ['a key in capitals', 'Rojo=1'],
    ['an equals sign in a value', 'rojo=a=b'],
    ['a key twice', 'rojo=1,rojo=2'],
    ['33 members', Array.from({ length: 33 }, (_, at) => `k${at}=1`).join(',')],
    ['more than 512 characters', `rojo=${'x'.repeat(250)},a=${'y'.repeat(250)},b=${'z'.repeat(20)}`],
    ['Chinese characters', 'rojo=演示'],
    ['a resident number', `rojo=${NUMBER}`],
    ['a resident number in the midst of digits', `rojo=99${NUMBER}99`],
  ])('is dropped with %s, and the trace goes on', (_what, header) => {
    expect(readTraceContext(PARENT, header)).toMatchObject({ traceId: TRACE, state: null })
  })
})

describe('x-request-id', () => {
  test.each(['a', '4f3a2b1c-1234-4abc-8def-426614174000', 'order:17_2.b-c', '1780000000000000001', 'x'.repeat(64)])(
    'takes %s',
    (id) => expect(readRequestId(id)).toBe(id),
  )
  test.each(['', ' ', 'a b', 'a,b', '-a', 'x'.repeat(65), '演示', 'a\nb', NUMBER, `r-${NUMBER}-1`, 'call-13800138000'])(
    'takes no %j',
    (id) => expect(readRequestId(id)).toBeNull(),
  )
})

describe('a trace', () => {
  const came = readTraceContext(PARENT, 'rojo=1')

  it('is none where there is nothing to follow by', () => {
    expect(openTrace(null, null, null)).toBeNull()
    expect(openTrace(null, null, () => false)).toBeNull()
  })

  it('passes through as it came where no spans are made, and where the caller does not want them', () => {
    for (const trace of [
      openTrace('r-1', came, null),
      openTrace('r-1', came && { ...came, sampled: false }, () => true),
    ]) {
      expect(trace).toMatchObject({ recorded: false, parentId: null })
      expect(trace && callTrace(trace)).toMatchObject({ requestId: 'r-1', tracestate: 'rojo=1' })
      expect(trace && callTrace(trace).traceparent).toMatch(`00-${TRACE}-${SPAN}-0`)
    }
  })

  it('goes on below a span of the gateway where spans are made', () => {
    const trace = openTrace(null, came, (wanted) => wanted)
    expect(trace).toMatchObject({ recorded: true, parentId: SPAN, context: { traceId: TRACE } })
    expect(trace?.context?.spanId).toMatch(/^[\da-f]{16}$/)
    expect(trace?.context?.spanId).not.toBe(SPAN)
    expect(trace && callTrace(trace, 'b7ad6b7169203331').traceparent).toBe(`00-${TRACE}-b7ad6b7169203331-01`)
  })

  it('begins by chance where the caller has none', () => {
    const [one, two] = [openTrace(null, null, () => true), openTrace(null, null, () => true)]
    expect(one?.context?.traceId).toMatch(/^[\da-f]{32}$/)
    expect(one?.context?.traceId).not.toBe(two?.context?.traceId)
    expect(one?.parentId).toBeNull()
  })
})
