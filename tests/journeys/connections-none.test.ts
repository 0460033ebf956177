import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEMO_HEADERS, DEMO_NUMBER, DEMO_QUERY } from '../../gateway/start/demo.ts'
import { askGateway, ownFolder, printedTokens, startChildGateway, startProgram } from '../kit/child-gateway.ts'
import type { OwnFolder } from '../kit/child-gateway.ts'
import { findStrace, readConnections, traced, unexpected } from '../kit/strace.ts'
import type { Connections } from '../kit/strace.ts'

/* Whom the gateway talks to, as the operating system sees it: every thread and child, from the start to the stop. */

const strace = findStrace()

let folder: OwnFolder
beforeEach(async () => {
  folder = await ownFolder()
})
afterEach(() => folder.close())

/** A whole life under strace: start with everything built, all kinds of requests, stop. */
async function life(environment: Readonly<Record<string, string>>): Promise<Connections> {
  const file = join(folder.path, 'trace')
  const given = { GONGXIANG_GRAPHIQL_ENABLED: 'true', ...environment }
  const gateway = await startChildGateway(folder.path, given, traced(strace ?? '', file))
  const authorization = `Bearer ${printedTokens(gateway.out())['housing-clerk']}`
  const headers = { authorization, ...DEMO_HEADERS }
  for (let round = 0; round < 3; round += 1) {
    const { answer } = await askGateway(gateway.url, headers, DEMO_QUERY, { number: DEMO_NUMBER })
    expect(answer.data).toMatchObject({ person: { name: '欧阳静怡' } })
  }
  expect((await askGateway(gateway.url, headers, '{ __schema { types { name } } }')).status).toBe(200)
  expect((await askGateway(gateway.url, headers, '{ nothing }')).answer.errors).toHaveLength(1)
  expect((await askGateway(gateway.url, {}, '{ __typename }')).status).toBe(401)
  for (const path of ['/graphiql', '/health/ready', '/nothing']) await fetch(`${gateway.url}${path}`)
  // To the program itself: strace, which started it, hands no signal on.
  const pid = Number(/"pid":(\d+)/.exec(await lockOf(folder.path))?.[1])
  process.kill(pid, 'SIGTERM')
  expect(await gateway.ended).toBe(0)
  return readConnections(file)
}

async function lockOf(path: string): Promise<string> {
  return readFile(join(path, 'data/audit/writer.lock'), 'utf8')
}

describe.runIf(strace !== null)('connections', () => {
  test('of a whole life: to ports of its own alone, and no name is looked up', async () => {
    const connections = await life({})
    expect(unexpected(connections)).toEqual([])
    // The trace sees: the human resources system is asked over real HTTP, on a port of this process.
    const ports = connections.peers.filter(({ family }) => family === 'AF_INET').map(({ port }) => port)
    expect(ports.length).toBeGreaterThan(0)
  })

  test('of a life in which telemetry was not switched off: this very check reports them', async () => {
    const plant = join(folder.path, 'plant.mjs')
    await writeFile(plant, PLANT)
    const found = unexpected(await life({ NODE_OPTIONS: `--import=${pathToFileURL(plant).href}` }))
    expect(found.join('\n')).toContain('169.254.169.254')
  })

  test('to departments go to the configured address; an unconfigured one is reported', async () => {
    const department = startProgram(folder.path, ['subgraph', 'serve', 'disabled-persons'], {
      GONGXIANG_SUBGRAPH_PORT: '0',
    })
    const [, url = ''] = await department.printed(/is served at (http:\S+)\n/)
    const connections = await life({ GONGXIANG_DEPARTMENTS_DISABLED_PERSONS_URL: url })
    const port = Number(new URL(url).port)
    expect(unexpected(connections, [port])).toEqual([])
    expect(unexpected(connections)).toEqual([`connect 127.0.0.1:${port}`])
  })
})

/** As if nobody had ever set the variable, in every thread. */
const PLANT = `
const hidden = 'APOLLO_TELEMETRY_DISABLED'
const real = process.env
process.env = new Proxy(real, {
  get: (target, name) => (name === hidden ? undefined : target[name]),
  has: (target, name) => name !== hidden && name in target,
  getOwnPropertyDescriptor: (target, name) => (name === hidden ? undefined : Object.getOwnPropertyDescriptor(target, name)),
  ownKeys: (target) => Object.keys(target).filter((name) => name !== hidden),
})
`

test('a trace is read as it is written: unfinished calls, IPv6, name servers, Unix sockets', async () => {
  const file = join(folder.path, 'trace')
  await writeFile(
    file,
    [
      '101 getsockname(21, {sa_family=AF_INET, sin_port=htons(4567), sin_addr=inet_addr("127.0.0.1")}, [128 => 16]) = 0',
      '101 connect(22, {sa_family=AF_INET, sin_port=htons(4567), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EINPROGRESS (Operation now in progress)',
      '102 connect(23, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16 <unfinished ...>',
      '103 connect(24, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
      '104 sendto(25, ""..., 30, MSG_NOSIGNAL, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.53")}, 16) = 30',
      '104 sendto(25, ""..., 30, MSG_NOSIGNAL, NULL, 0) = 30',
      '105 connect(26, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT (No such file or directory)',
      '105 connect(27, {sa_family=AF_UNIX, sun_path="/run/other.sock"}, 110) = 0',
      '106 sendmmsg(28, [{msg_hdr={msg_name={sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("198.51.100.1")}, msg_namelen=16}}], 2, MSG_NOSIGNAL) = 2',
      '107 connect(29, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
    ].join('\n'),
  )
  const connections = await readConnections(file)
  const foreign = [
    'connect "/run/other.sock":0',
    'connect 127.0.0.53:53',
    'connect 2001:db8::1:443',
    'sendmmsg 198.51.100.1:53',
    'sendto 192.0.2.53:53',
  ]
  expect(unexpected(connections, [9])).toEqual(foreign)
  expect(unexpected(connections)).toEqual([...foreign, 'connect 127.0.0.1:9'].toSorted())
})
