import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { spawnNode } from '../processes.ts'
import type { Spawned } from '../processes.ts'
import type { GatewaySpec } from './gateway.ts'

const PROGRAM = join(import.meta.dirname, '../peers/node_modules/@graphql-hive/gateway/dist/bin.js')
/** Milliseconds until it must answer. */
const PATIENCE = 60_000

/** Hive Gateway by its own command and defaults, in one process. */
function hiveWith(name: string, title: string, flags: readonly string[]): GatewaySpec {
  return {
    name,
    title,
    async start({ supergraph, directory, nodeArgs, core }) {
      const port = await freePort()
      const listen = ['--host', '127.0.0.1', '--port', String(port), '--fork', '1']
      const args = [...nodeArgs, PROGRAM, 'supergraph', supergraph, ...listen, ...flags]
      const spawned = spawnNode({ core, args, cwd: directory })
      const url = `http://127.0.0.1:${port}/graphql`
      await untilAnswering(url, spawned)
      return { pid: spawned.pid, url, headers: {}, spawned, stop: () => spawned.stop() }
    },
  }
}

export const hive = hiveWith('hive', 'Hive Gateway', [])
export const hiveRust = hiveWith('hive-rust', 'Hive Gateway, Rust query planner', ['--hive-router-runtime'])

/** It takes no port 0. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function untilAnswering(url: string, spawned: Spawned): Promise<void> {
  const until = performance.now() + PATIENCE
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{__typename}"}' }
  for (;;) {
    const answer = await fetch(url, request).catch(() => null)
    if (answer?.status === 200) return
    if (performance.now() > until || spawned.child.exitCode !== null)
      throw new Error(`${url}: not ready\n${spawned.said()}`)
    await pause(100)
  }
}
