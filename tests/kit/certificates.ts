import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { TlsPaths } from '../../gateway/adapters/tls-files.ts'

const run = promisify(execFile)
const PAGE = resolve(import.meta.dirname, '../../docs/mutual-tls.md')

/** A certificate authority of its own, made by the very commands of docs/mutual-tls.md. */
export interface Authority {
  readonly folder: string
  /** Issues a certificate for a name; `enddate` as OpenSSL writes it (`20200101000000Z`) for one that is over. */
  issue(name: string, validity?: { readonly from: string; readonly until: string }): Promise<TlsPaths>
  revoke(name: string): Promise<void>
}

/** The commands under one marker of the page. */
async function commands(marker: string): Promise<string> {
  const page = await readFile(PAGE, 'utf8')
  const [, block] = new RegExp(`<!-- ${marker}[^]*?\`\`\`sh\\n([^]*?)\`\`\``).exec(page) ?? []
  if (block === undefined) throw new Error(`docs/mutual-tls.md has no commands for ${marker}`)
  return block
}

/** Makes one in an empty folder. Rejects where there is no OpenSSL. */
export async function createAuthority(folder: string): Promise<Authority> {
  const sh = async (script: string, name = ''): Promise<void> => {
    await run('bash', ['-euc', script], { cwd: folder, env: { PATH: process.env['PATH'] ?? '', NAME: name } })
  }
  await sh(await commands('authority'))
  return {
    folder,
    async issue(name, validity) {
      const script = await commands('certificate')
      const dated = validity === undefined ? '' : `-startdate ${validity.from} -enddate ${validity.until}`
      await sh(script.replace('openssl ca -batch', `openssl ca ${dated} -batch`), name)
      return {
        certificate: join(folder, `${name}.pem`),
        key: join(folder, `${name}.key`),
        authorities: join(folder, 'ca.pem'),
        revocations: join(folder, 'crl.pem'),
      }
    },
    revoke: async (name) => sh(await commands('revocation'), name),
  }
}
