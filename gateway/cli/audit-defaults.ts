import type { KeyObject } from 'node:crypto'
import type { Command } from 'commander'
import { publicKeysFile, readPublicKeys } from '../adapters/key-files.ts'
import { keysDirectory } from '../config/config.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { anchorStores } from '../wiring/anchors.ts'
import { anchoredNotes } from './audit-anchors.ts'
import { configOf } from './context.ts'
import { CommandFault } from './terminal.ts'

/** Where this deployment keeps its audit record, and the public keys that ever signed its heads. */
export async function auditDefaults(program: Command): Promise<{
  readonly directory: string
  readonly publicKeys: readonly KeyObject[]
  readonly anchored?: () => Promise<Uint8Array>
}> {
  const config = await configOf(program)
  const [file, national] = (['audit-head', 'audit-head-sm2'] as const).map((purpose) =>
    publicKeysFile(keysDirectory(config), purpose),
  )
  const publicKeys = await readPublicKeys(file ?? '').catch(() => {
    throw new CommandFault(`the public keys ${file} cannot be read; name them with --public-key`)
  })
  // Not there where the keys are older than the national suite.
  const others = await readPublicKeys(national ?? '').catch(() => [])
  const stores = anchorStores(config, systemClock)
  return {
    directory: config.audit.directory,
    publicKeys: [...publicKeys, ...others],
    ...(stores.length === 0 ? {} : { anchored: () => anchoredNotes(stores, config.audit.replica) }),
  }
}
