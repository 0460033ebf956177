import { buildConnector } from 'undici'
import { followTls } from './tls-files.ts'
import type { TlsPaths } from './tls-files.ts'

/** How connections to departments are made. */
export interface DepartmentConnector {
  /** As undici takes it: with the certificates that are in force when a connection begins. */
  readonly connect: buildConnector.connector
  close(): void
}

/**
 * Connections on which the gateway shows its certificate, and takes the departments' from the named authorities only,
 * each for its own name. No session is resumed: each connection looks at certificate and revocations again.
 *
 * @param timeout milliseconds for reaching a department
 * @throws where the files cannot be read or do not fit together
 */
export function mutualTls(paths: TlsPaths, timeout: number): DepartmentConnector {
  const make = (): buildConnector.connector =>
    buildConnector({ ...tls.current(), timeout, allowH2: false, maxCachedSessions: 0 })
  const tls = followTls(paths, () => void (connector = make()))
  let connector = make()
  return { connect: (options, callback) => connector(options, callback), close: () => tls.close() }
}
