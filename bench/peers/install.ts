import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'

/** Installs the other gateways where they are missing. They are no part of the product, nor of its packages. */
export async function installPeers(told: (line: string) => void): Promise<void> {
  const directory = import.meta.dirname
  if (existsSync(join(directory, 'node_modules/.package-lock.json'))) return
  told('installing the gateways to compare with (bench/peers)')
  const child = spawn('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error('the gateways to compare with cannot be installed: see above')
}
