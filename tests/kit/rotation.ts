import { followKeyFiles } from '../../gateway/adapters/followed-keys.ts'
import { openGatewayKeys } from '../../gateway/adapters/gateway-keys.ts'
import type { GatewayKeys } from '../../gateway/adapters/gateway-keys.ts'
import { rotateKey, usedFrom } from '../../gateway/adapters/key-files.ts'
import { keysDirectory } from '../../gateway/config/config.ts'
import type { KeyRing } from '../../gateway/keys/key-ring.ts'
import { PURPOSES } from '../../gateway/keys/purposes.ts'
import type { Purpose } from '../../gateway/keys/purposes.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { connectDepartment } from '../../subgraphs/departments.ts'
import { callVerifier } from '../../subgraphs/kit/call-context.ts'
import { serveSubgraph } from '../../subgraphs/kit/serve.ts'
import type { ServedSubgraph } from '../../subgraphs/kit/serve.ts'
import { testCity } from './city.ts'
import { startTestGateway } from './gateway.ts'
import type { Registers, TestGateway } from './gateway.ts'

/** Served over HTTP, as on a machine of its own: it checks each call by the gateway's published keys. */
const HTTP = 'public-security'

/** So much that no limit stands in the way of a load. */
export const MANY = 1_000_000

/** A gateway whose keys are rotated while it is asked. */
export interface RotatedGateway {
  readonly gateway: TestGateway
  /** The gateway's keys, followed as it follows them. */
  readonly ring: KeyRing
  /** Calls of the gateway that the department over HTTP believed, and those that it refused. */
  readonly calls: { readonly verified: number; readonly refused: number }
  /** Puts a new key of every purpose in use. */
  rotateAll(): Promise<void>
  close(): Promise<void>
}

/** Starts one over the small city. */
export async function startRotatedGateway(
  registers: Registers,
  settings: Readonly<Record<string, unknown>>,
): Promise<RotatedGateway> {
  const city = await testCity(60)
  const calls = { verified: 0, refused: 0 }
  let keys: GatewayKeys | null = null
  const served = await serve(city.directory, calls, () => (keys ??= openGatewayKeys(gatewayJwks())))
  const gateway = await startTestGateway({
    registers,
    settings: { ...settings, departments: { [HTTP]: { url: served.url } } },
  })
  const gatewayJwks = (): string => gateway.config.subgraph.gatewayJwks
  const followed = await followKeyFiles(keysDirectory(gateway.config), 'embedded', systemClock)
  return {
    gateway,
    ring: followed.ring,
    calls,
    async rotateAll() {
      for (const purpose of PURPOSES) await rotate(gateway, purpose)
    },
    async close() {
      followed.close()
      await gateway.stop()
      await served.close()
      keys?.close()
      await city.close()
    },
  }
}

/** The department, with the gateway's keys as `subgraph serve` has them: they come into being with the gateway. */
async function serve(
  dataDirectory: string,
  calls: { verified: number; refused: number },
  keys: () => GatewayKeys,
): Promise<Pick<ServedSubgraph, 'url' | 'close'>> {
  return serveSubgraph(await connectDepartment(HTTP, { dataDirectory }), {
    host: '127.0.0.1',
    port: 0,
    async verifier(token) {
      try {
        const call = await callVerifier(keys().keyFor, HTTP)(token)
        calls.verified += 1
        return call
      } catch (error) {
        calls.refused += 1
        throw error
      }
    },
  })
}

/** Tokens wait for the identity provider's set to be read again; everything else is used at once, which is harder. */
async function rotate({ config }: TestGateway, purpose: Purpose): Promise<void> {
  const now = Date.now()
  const from = purpose === 'token-signing' || purpose === 'counter-member' ? usedFrom(purpose, now) : now
  const made = await rotateKey(keysDirectory(config), purpose, { development: true, now, usedFrom: from, keep: 99 })
  if (typeof made !== 'string') throw new Error(made.message)
}
