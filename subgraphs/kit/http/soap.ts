import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'
import type { Clock } from '../../../gateway/vocabulary/ports.ts'
import { openHttp } from './http.ts'
import type { CallLimits } from './http.ts'
import type { Batch, CountLookup, Counts, Lookup, Source } from '../register.ts'
import type { ReadXml, SoapCall, UsernameToken } from './soap-client.ts'

/** How one old system is spoken to. */
export interface SoapDialect {
  /** One call for all subjects, which asks for these columns only. */
  call(lookup: Lookup): SoapCall
  /** Rows and time in the element of the reply. Throws `SOURCE_UNAVAILABLE` or `SOURCE_INVALID`. */
  read(reply: unknown, lookup: Lookup, within: ReadXml): Batch
  /** The system's own statistics, the narrowest that it has; absent where it has none. */
  readonly statistics?: {
    readonly call: (lookup: CountLookup) => SoapCall
    readonly read: (reply: unknown, lookup: CountLookup, within: ReadXml) => Counts
  }
  /** A call that tells the system's own time, and its reading: ISO 8601 with offset. */
  readonly status: { readonly call: SoapCall; readonly read: (reply: unknown, within: ReadXml) => string }
}

/** What the SOAP adapter needs. */
export interface SoapSource {
  /** The service's description, a file beside the department: a system that is down stops no start. */
  readonly wsdl: URL
  /** Where the service is; what the description says of that does not count. */
  readonly url: string
  readonly token: UsernameToken
  readonly dialect: SoapDialect
  readonly limits?: CallLimits
  readonly clock?: Clock
}

const GENTLE: CallLimits = { connections: 8, timeout: 5000, replyBytes: 8 * 1024 * 1024 }

/**
 * SOAP 1.1 over our own HTTP: one call for each batch of subjects. The package behind it is loaded by whoever has such
 * a source, and by no other process.
 *
 * @throws Failure `SOURCE_INVALID` where the description cannot be read
 */
export async function soapSource(options: SoapSource): Promise<Source> {
  const { wsdl, token, dialect, limits = GENTLE, clock = systemClock } = options
  const { openSoapClient } = await import('./soap-client.ts')
  const { origin, pathname, search } = new URL(options.url)
  const http = openHttp(origin, 'SOAP', limits, clock)
  const { invoke, within } = await openSoapClient({ http, path: pathname + search, wsdl, token })
  const { statistics } = dialect
  const status = async (): Promise<string> => dialect.status.read(await invoke(dialect.status.call, undefined), within)
  return {
    fetch: async (lookup) => dialect.read(await invoke(dialect.call(lookup), lookup.signal), lookup, within),
    ...(statistics === undefined
      ? {}
      : {
          count: async (lookup) =>
            statistics.read(await invoke(statistics.call(lookup), lookup.signal), lookup, within),
        }),
    asOf: () => status(),
    async health() {
      try {
        return { ok: true, detail: `its time is ${await status()}` }
      } catch (error) {
        return { ok: false, detail: error instanceof Failure ? error.message : 'unknown failure' }
      }
    },
    close: () => http.close(),
  }
}
