import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { openTimedConnection } from '../../../bench/verify-timing-connection.ts'
import { EXPECTED, KINDS, plan } from '../../../bench/verify-timing-plan.ts'
import type { Kind } from '../../../bench/verify-timing-plan.ts'
import { comparePairs, complaintOf, leastDistance } from '../../../bench/verify-timing-verdict.ts'
import type { Times } from '../../../bench/verify-timing-verdict.ts'
import { randomFor } from '../../../city/random.ts'
import { readSubject } from '../../../gateway/builtin/subject.ts'

const SIZE = 2_000

/** Times of one distribution, and for some kinds so many milliseconds more. */
function times(more: Partial<Record<Kind, number>> = {}): Times {
  const random = randomFor(7, 1)
  const of = (kind: Kind): readonly number[] =>
    Array.from({ length: SIZE }, () => 5 + random.next() + random.next() + (more[kind] ?? 0))
  return {
    MATCH: of('MATCH'),
    NO_MATCH: of('NO_MATCH'),
    NO_RECORD: of('NO_RECORD'),
    'unknown subject': of('unknown subject'),
    'impossible number': of('impossible number'),
  }
}

describe('a measurement of times', () => {
  test('with the grid is refused for one pair that differs, and names it', () => {
    expect(complaintOf('grid', comparePairs(times()))).toBeNull()
    const told = comparePairs(times({ NO_RECORD: 0.1 }))
    expect(told.filter(({ differs }) => differs).map(({ one, other }) => [one, other])).toEqual([
      ['MATCH', 'NO_RECORD'],
      ['NO_MATCH', 'NO_RECORD'],
      ['NO_RECORD', 'unknown subject'],
      ['NO_RECORD', 'impossible number'],
    ])
    expect(complaintOf('grid', told)).toContain('MATCH – NO_RECORD')
  })

  test('without the grid is refused where it finds nothing', () => {
    expect(complaintOf('no-grid', comparePairs(times()))).toContain('would not notice')
    expect(complaintOf('no-grid', comparePairs(times({ 'impossible number': -1 })))).toBeNull()
  })

  test('notices a spread as well as a delay', () => {
    const all = times()
    const wider = { ...all, MATCH: all.MATCH.map((time) => 6 + (time - 6) * 1.5) }
    expect(complaintOf('grid', comparePairs(wider))).toContain('MATCH – NO_MATCH')
  })

  test('is the finer the more is asked', () => {
    expect(leastDistance(10_000)).toBeGreaterThan(0.02)
    expect(leastDistance(10_000)).toBeLessThan(0.04)
    expect(leastDistance(100)).toBeGreaterThan(9 * leastDistance(10_000))
    expect(comparePairs(times()).every(({ ks }) => ks.d < leastDistance(SIZE))).toBe(true)
  })
})

test('the plan asks as often about each kind, mixed, and about impossible numbers that are none', () => {
  const probes = plan({ people: 300, seed: 3 }, 50, randomFor(3, 0))
  for (const kind of KINDS) expect(probes.filter((probe) => probe.kind === kind)).toHaveLength(50)
  expect(new Set(probes.slice(0, 20).map(({ kind }) => kind)).size).toBeGreaterThan(2)
  for (const { kind, number } of probes)
    expect(readSubject('RESIDENT_ID', number).valid).toBe(kind !== 'impossible number')
  expect(Object.keys(EXPECTED)).toEqual(KINDS)
})

describe('the connection that is timed', () => {
  test('sends one request after the other, and waits for the last byte of each answer', async () => {
    const sockets = new Set<unknown>()
    const server = createServer((request, response) => {
      sockets.add(request.socket)
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        const answer = Buffer.from(`${request.url} ${String(request.headers['x-one'])} ${body} 好`)
        response.writeHead(body === 'b' ? 418 : 200, { 'content-length': answer.length })
        // In two pieces, the second of which begins within a character.
        response.write(answer.subarray(0, -1), () => setImmediate(() => response.end(answer.subarray(-1))))
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const connection = await openTimedConnection(url)
    const replies = []
    for (const body of ['a', 'b', '好']) replies.push(await connection.post('/p', { 'x-one': '1' }, body))
    expect(replies.map(({ status, text }) => [status, text])).toEqual([
      [200, '/p 1 a 好'],
      [418, '/p 1 b 好'],
      [200, '/p 1 好 好'],
    ])
    expect(sockets.size).toBe(1)
    const lost = connection.post('/p', {}, 'c')
    server.closeAllConnections()
    await expect(lost).rejects.toThrow(/ECONNRESET|closed the connection/)
    await expect(connection.post('/p', {}, 'd')).rejects.toThrow('closed the connection')
    connection.close()
    server.close()
  })

  test('does not guess where an answer ends', async () => {
    const server = createServer((_request, response) => {
      response.write('in pieces')
      response.end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const connection = await openTimedConnection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const answered = connection.post('/', {}, '')
    await expect(answered).rejects.toThrow('without a length')
    connection.close()
    server.closeAllConnections()
    server.close()
  })
})
