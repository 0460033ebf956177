import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/** A private Redis on a free port of loopback, with nothing on disk. */
export interface TestRedis {
  readonly url: string
  /** SIGSTOP: connected, but answering nothing. */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

/** Starts one; null, said loudly, where no redis-server exists; in CI that is an error. */
export async function startRedis(): Promise<TestRedis | null> {
  const port = await freePort()
  const directory = await mkdtemp(join(tmpdir(), 'redis-'))
  const options = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    directory,
  ]
  const child = spawn('redis-server', options, { stdio: 'ignore' })
  const missing = new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(true))
    child.once('spawn', () => resolve(false))
  })
  if (await missing) {
    if (process.env['CI'] === 'true') throw new Error('redis-server is not installed; .ci/run installs it')
    process.stderr.write('\n!!! SKIPPED: no redis-server on this machine; tests against a real Redis did not run !!!\n')
    return null
  }
  await answering(port)
  return {
    url: `redis://127.0.0.1:${port}`,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGCONT')
      child.kill('SIGKILL')
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}

async function answering(port: number): Promise<void> {
  const redis = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: null })
  redis.on('error', () => {})
  await redis.ping()
  redis.disconnect()
}
