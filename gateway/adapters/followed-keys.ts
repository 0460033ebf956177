import { KeyFault } from '../keys/key-fault.ts'
import { createKeyRing } from '../keys/key-ring.ts'
import type { KeyRing, KeyRings } from '../keys/key-ring.ts'
import { openKeys } from '../keys/open-keys.ts'
import type { OpenKeys } from '../keys/open-keys.ts'
import { PURPOSES } from '../keys/purposes.ts'
import type { Purpose } from '../keys/purposes.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { followFile } from './followed-file.ts'
import type { FollowedFile } from './followed-file.ts'
import { privateKeysFile, publicKeysFile, readPublished, readRing } from './key-file.ts'
import { openKeyFiles } from './key-files.ts'

/** Milliseconds between looks at each file: a rotation holds within a second. */
const INTERVAL = 250

/** A ring that is followed until it is closed. */
export interface FollowedKeys {
  readonly ring: KeyRing
  close(): void
}

/**
 * The ring of `<directory>`, followed until it is closed: a rotated key is taken into use without a restart. A file that
 * is missing, damaged or open to others is reported, and the last good keys of its purpose stay in force; so is, in
 * production, a key for development.
 *
 * @throws KeyFault with every problem, at opening only
 */
export async function followKeyFiles(
  directory: string,
  mode: 'embedded' | 'production',
  clock: Pick<Clock, 'now'>,
): Promise<FollowedKeys> {
  // Opened once as a whole first: so every problem is told at once, and not only that of the first file.
  await openKeyFiles(directory, mode, clock)
  const followed = new Map<Purpose, FollowedFile<OpenKeys>>()
  const take = (): KeyRings => new Map([...followed].map(([purpose, file]) => [purpose, file.current()]))
  let rings: KeyRings = new Map()
  const close = (): void => {
    for (const file of followed.values()) file.close()
  }
  try {
    for (const purpose of PURPOSES) {
      const file = followFile({
        path: privateKeysFile(directory, purpose),
        subject: `keys ${purpose}`,
        interval: INTERVAL,
        // Not the text alone: the rights on the file count too.
        parse: () => readKeys(directory, purpose, mode),
        onChange: () => void (rings = take()),
      })
      followed.set(purpose, file)
    }
  } catch (error) {
    close()
    throw error
  }
  rings = take()
  const ring = createKeyRing(
    () => rings,
    () => clock.now(),
  )
  return { ring, close }
}

/** @throws KeyFault */
function readKeys(directory: string, purpose: Purpose, mode: 'embedded' | 'production'): OpenKeys {
  const ring = readRing(directory, purpose)
  if ('kind' in ring) throw new KeyFault([ring])
  // Published before the private file was replaced: what is read here is never older than the ring.
  const published = readPublished(publicKeysFile(directory, purpose))
  return openKeys(purpose, ring, { allowDevelopment: mode === 'embedded', published })
}
