import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import { checkServerIdentity, TLSSocket } from 'node:tls'
import type { SecureContextOptions } from 'node:tls'
import { Failure } from '../../gateway/vocabulary/failure.ts'

/** Certificates that a subgraph is served with, and whose it takes. */
export interface ServedTls {
  /** What is in force now. */
  current(): SecureContextOptions
  /** Name that the gateway's certificate must have. */
  readonly gatewayName: string
  /** Calls back after another set has come into force. */
  onChange(listener: () => void): void
}

/** Bytes of the keys that sessions are resumed with. */
const TICKET_KEYS = 48

/**
 * Holds a server to the gateway's certificate, and gives the check of one request: `UNAUTHENTICATED` for a connection
 * without a certificate, with one of another authority, expired, withdrawn, or of another name (a department's own must
 * not open its neighbour). The handshake itself takes everybody, because `/health` is for anybody.
 *
 * A new set counts at once: on connections that began under the old one nothing is answered but `NOT_READY`, with which
 * the gateway comes again on a new one; none of their sessions goes on.
 */
export function gatewayAlone(server: Server, tls: ServedTls): (request: IncomingMessage) => void {
  let begun = new WeakSet<Socket>()
  server.on('secureConnection', (socket) => void begun.add(socket))
  tls.onChange(() => {
    server.setSecureContext(tls.current())
    server.setTicketKeys(randomBytes(TICKET_KEYS))
    begun = new WeakSet()
    server.closeIdleConnections()
  })
  return ({ socket }) => {
    if (!(socket instanceof TLSSocket) || !socket.authorized) throw refused()
    if (!begun.has(socket)) throw new Failure('NOT_READY', { detail: 'The connection is older than the certificates' })
    const certificate = socket.getPeerCertificate()
    if (certificate.subjectaltname === undefined) throw refused()
    if (checkServerIdentity(tls.gatewayName, certificate) !== undefined) throw refused()
  }
}

function refused(): Failure {
  return new Failure('UNAUTHENTICATED', { clause: 'HZ-10.4', detail: 'The connection is not the gateway’s' })
}
