import type { KeyObject } from 'node:crypto'
import type { Command } from 'commander'
import { publicKeysFile, readPublicKeys } from '../adapters/key-files.ts'
import { keysDirectory } from '../config/config.ts'
import { configOf } from './context.ts'
import { CommandFault } from './terminal.ts'

/** Where this deployment keeps its audit record, and the public keys that ever signed its heads. */
export async function auditDefaults(
  program: Command,
): Promise<{ readonly directory: string; readonly publicKeys: readonly KeyObject[] }> {
  const config = await configOf(program)
  const file = publicKeysFile(keysDirectory(config), 'audit-head')
  const publicKeys = await readPublicKeys(file).catch(() => {
    throw new CommandFault(`the public keys ${file} cannot be read; name them with --public-key`)
  })
  return { directory: config.audit.directory, publicKeys }
}
