import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { createLocalJWKSet, errors } from 'jose'
import type { JWTVerifyGetKey } from 'jose'
import { followFile } from './followed-file.ts'
import { parseJwks } from './jwks.ts'

/** Milliseconds between looks at the file, and for which a look waits that a key ID brings about. */
const INTERVAL = 250
const GATHER = 50

/** The gateway's public keys, as a department has them. */
export interface GatewayKeys {
  readonly keyFor: JWTVerifyGetKey
  close(): void
}

/**
 * The gateway's public keys in a file, followed. A call signed by a key that the file did not have at the last look is
 * not refused before one more look: so no call is lost however quickly a new key is used. Looks of several such calls
 * are one: a stranger's made-up key IDs read the file twenty times a second at most.
 *
 * @throws JwksFault, or the error of the file system, at opening only
 */
export function openGatewayKeys(path: string): GatewayKeys {
  const parse = (text: string) => createLocalJWKSet(parseJwks(text))
  const file = followFile({ path, subject: 'gateway-jwks', interval: INTERVAL, parse, onChange: () => {} })
  let looking: Promise<JWTVerifyGetKey> | null = null

  async function look(): Promise<JWTVerifyGetKey> {
    await pause(GATHER)
    looking = null
    return parse(await readFile(path, 'utf8'))
  }
  return {
    async keyFor(header, token) {
      try {
        return await file.current()(header, token)
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
        looking ??= look()
        return (await looking)(header, token)
      }
    },
    close: () => file.close(),
  }
}
