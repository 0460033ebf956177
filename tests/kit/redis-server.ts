import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { vi } from 'vitest'
import type { RedisPlace } from '../../gateway/adapters/redis-connection.ts'

/** A private Redis of any settings on one port of loopback, which can be started again. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  readonly directory: string
  /** As an administrator: runs one command. */
  command(...words: readonly string[]): Promise<unknown>
  /** SIGSTOP: connected, but answering nothing. */
  pause(): void
  resume(): void
  /** SIGKILL; what was not on disk is lost. */
  kill(): Promise<void>
  /** Starts it again on the same port. */
  restart(...more: readonly string[]): Promise<void>
  /** Kills it and removes its folder. */
  remove(): Promise<void>
}

/** @param settings further arguments of redis-server */
export async function startRedisServer(...settings: readonly string[]): Promise<RedisServer> {
  const port = await freePort()
  const directory = await mkdtemp(join(tmpdir(), 'redis-'))
  const base = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory, ...settings]
  let child: ChildProcess | null = null
  let password: string | null = null
  const start = async (...more: readonly string[]): Promise<void> => {
    child = spawn('redis-server', [...base, ...more], { stdio: 'ignore' })
    await new Promise((resolve, reject) => {
      child?.once('spawn', resolve)
      child?.once('error', reject)
    })
    await vi.waitFor(() => command('PING'), { timeout: 10_000, interval: 20 })
  }
  const command = async (...[name = '', ...words]: readonly string[]): Promise<unknown> => {
    const redis = new Redis(port, '127.0.0.1', {
      retryStrategy: () => null,
      lazyConnect: true,
      ...(password ? { password } : {}),
    })
    redis.on('error', () => undefined)
    try {
      await redis.connect()
      if (name === 'CONFIG' && words[1] === 'requirepass') password = words[2] ?? null
      return await redis.call(name, ...words)
    } finally {
      redis.disconnect()
    }
  }
  const kill = async (): Promise<void> => {
    const gone = child
    child = null
    if (gone === null) return
    const ended = new Promise((resolve) => gone.once('exit', resolve))
    gone.kill('SIGCONT')
    gone.kill('SIGKILL')
    await ended
  }
  await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    directory,
    command,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    kill,
    restart: start,
    async remove() {
      await kill()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Where a single one is. */
export function placeOf(url: string): RedisPlace {
  return { url, kind: 'single', nodes: [], master: 'mymaster', sentinelPassword: null }
}

/** Servers that belong together, and where a client finds them. */
export interface RedisGroup {
  readonly place: RedisPlace
  readonly servers: readonly RedisServer[]
  remove(): Promise<void>
}

/** Three masters that share the slots. */
export async function startRedisCluster(): Promise<RedisGroup> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--cluster-config-file', 'nodes.conf']
  const servers = await Promise.all([0, 1, 2].map(() => startRedisServer(...settings)))
  const [first, ...others] = servers
  if (!first) throw new Error('no server')
  const nodes = servers.map(({ port }) => `127.0.0.1:${port}`)
  await run('redis-cli', ['--cluster', 'create', ...nodes, '--cluster-yes'])
  for (const server of servers)
    await vi.waitFor(
      async () => {
        if (!String(await server.command('CLUSTER', 'INFO')).includes('cluster_state:ok')) throw new Error('not yet')
      },
      { timeout: 20_000, interval: 100 },
    )
  return group(servers, {
    ...placeOf(first.url),
    kind: 'cluster',
    nodes: others.map(({ port }) => `127.0.0.1:${port}`),
  })
}

/** A master, a replica, and a Sentinel that makes the replica the master when the master is gone. */
export async function startRedisSentinel(): Promise<RedisGroup> {
  const master = await startRedisServer()
  const replica = await startRedisServer('--replicaof', '127.0.0.1', String(master.port))
  const port = await freePort()
  const file = join(master.directory, 'sentinel.conf')
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${master.directory}`,
    `sentinel monitor city 127.0.0.1 ${master.port} 1`,
    'sentinel down-after-milliseconds city 1000',
    'sentinel failover-timeout city 3000',
  ]
  await writeFile(file, lines.join('\n'))
  const sentinel = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' })
  // It has to know of the replica before the master may go.
  await vi.waitFor(
    async () => {
      const redis = new Redis(port, '127.0.0.1', { retryStrategy: () => null, lazyConnect: true })
      redis.on('error', () => undefined)
      try {
        await redis.connect()
        const replicas = await redis.call('SENTINEL', 'REPLICAS', 'city')
        if (!Array.isArray(replicas) || replicas.length === 0) throw new Error('not yet')
      } finally {
        redis.disconnect()
      }
    },
    { timeout: 30_000, interval: 200 },
  )
  const found = group([master, replica], { ...placeOf(`redis://127.0.0.1:${port}`), kind: 'sentinel', master: 'city' })
  return {
    ...found,
    async remove() {
      const ended = new Promise((resolve) => sentinel.once('exit', resolve))
      sentinel.kill('SIGKILL')
      await ended
      await pause(50)
      await found.remove()
    },
  }
}

function group(servers: readonly RedisServer[], place: RedisPlace): RedisGroup {
  return {
    place,
    servers,
    async remove() {
      await Promise.all(servers.map((one) => one.remove()))
    },
  }
}

async function run(program: string, words: readonly string[]): Promise<void> {
  const child = spawn(program, words, { stdio: 'ignore' })
  const code = await new Promise((resolve, reject) => {
    child.once('exit', resolve)
    child.once('error', reject)
  })
  if (code !== 0) throw new Error(`${program} ${words[1] ?? ''} ended with ${String(code)}`)
}

async function freePort(): Promise<number> {
  // Low enough that the port of a cluster's own talk, 10,000 higher, exists.
  for (let at = 0; at < 200; at += 1) {
    const port = 20_000 + Math.floor(Math.random() * 30_000)
    const server = createServer()
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    await new Promise((resolve) => server.close(resolve))
    if (free) return port
  }
  throw new Error('no free port')
}
