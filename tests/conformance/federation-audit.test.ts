import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

/** A checkout of the public audit; it cannot be part of this repository. How to get one: README.md beside. */
const CHECKOUT = process.env['GONGXIANG_FEDERATION_AUDIT'] ?? ''

/** Tests of the audit as it was when it was last looked at; a newer one has more. */
const TESTS = 199

const MINUTES = 60_000

if (CHECKOUT === '')
  process.stderr.write(
    '\nSKIPPED: the public federation audit. Set GONGXIANG_FEDERATION_AUDIT to a checkout (tests/conformance/README.md).\n\n',
  )

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

interface Ports {
  readonly gateway: number
  readonly subgraphs: number
}

/** What the audit starts for each of its suites. */
function runScript({ gateway, subgraphs }: Ports): string {
  const serve = join(import.meta.dirname, 'serve.ts')
  return `#!/bin/sh
exec "${process.execPath}" "${serve}" --supergraph "http://localhost:${subgraphs}/$1/supergraph" --port ${gateway}
`
}

async function runAudit(folder: string, ports: Ports): Promise<string> {
  const script = join(folder, 'run.sh')
  await writeFile(script, runScript(ports))
  await chmod(script, 0o700)
  const url = `http://127.0.0.1:${ports.gateway}`
  const addresses = ['--graphql', `${url}/graphql`, '--healthcheck', `${url}/health/ready`]
  const places = ['--cwd', folder, '--run-script', script, '--port', String(ports.subgraphs), '--write', 'results.txt']
  const given = ['test', ...places, ...addresses]
  const tsx = join(CHECKOUT, 'node_modules/.bin/tsx')
  const env = { ...process.env, GATEWAY_TIMEOUT: '60000' }
  const child = spawn(tsx, ['src/cli.ts', ...given], { cwd: CHECKOUT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  child.stdout.on('data', (data: Buffer) => void said.push(String(data)))
  child.stderr.on('data', (data: Buffer) => void said.push(String(data)))
  await once(child, 'exit')
  return readFile(join(folder, 'results.txt'), 'utf8').catch(() => said.join(''))
}

describe.skipIf(CHECKOUT === '')('the public federation audit', () => {
  test('is there', () => {
    expect(existsSync(join(CHECKOUT, 'src/cli.ts')), `${CHECKOUT} is no checkout of it`).toBe(true)
    expect(existsSync(join(CHECKOUT, 'node_modules/.bin/tsx')), `${CHECKOUT} is not installed`).toBe(true)
  })

  test(
    'passes whole',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'gx-audit-'))
      try {
        const results = await runAudit(folder, { gateway: await freePort(), subgraphs: await freePort() })
        const [, total] = /^Total: (\d+)$/m.exec(results) ?? []
        expect(Number(total), results).toBeGreaterThanOrEqual(TESTS)
        expect(results).toContain(`Passed: ${total}\nFailed: 0`)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
    20 * MINUTES,
  )
})
