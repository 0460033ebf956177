import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { followFile } from './followed-file.ts'

/** Milliseconds between looks: a certificate is renewed, or withdrawn, without a restart. */
const INTERVAL = 250

/** PEM files of one side of a connection on which both sides show who they are (HZ-47.1, HZ-52). */
export interface TlsPaths {
  /** Own certificate, with the intermediate ones behind it. */
  readonly certificate: string
  /** Its private key. */
  readonly key: string
  /** The authorities that the other side's certificate must come from; no others count. */
  readonly authorities: string
  /** What these have withdrawn (RFC 5280); an overdue list refuses everybody. Null: nothing is looked up. */
  readonly revocations: string | null
}

/** What Node's TLS needs of these files. */
export interface TlsMaterial {
  readonly cert: string
  readonly key: string
  readonly ca: string
  readonly crl?: string
  readonly minVersion: 'TLSv1.2'
}

/** The files, followed until closed. */
export interface FollowedTls {
  current(): TlsMaterial
  close(): void
}

/**
 * Follows the files together: a new certificate whose key is not there yet is reported, and the last whole set stays in
 * force until it is.
 *
 * @param onChange called after another set has come into force
 * @throws the error of the file system, or of OpenSSL for what does not fit together, at opening only
 */
export function followTls(paths: TlsPaths, onChange: () => void): FollowedTls {
  const { certificate, key, authorities, revocations } = paths
  const others = [key, authorities, ...(revocations === null ? [] : [revocations])]
  return followFile({
    path: certificate,
    subject: 'tls',
    interval: INTERVAL,
    beside: () => others,
    parse: (cert) => checked(cert, paths),
    onChange,
  })
}

function checked(cert: string, { key, authorities, revocations }: TlsPaths): TlsMaterial {
  const material: TlsMaterial = {
    cert,
    key: readFileSync(key, 'utf8'),
    ca: readFileSync(authorities, 'utf8'),
    ...(revocations === null ? {} : { crl: readFileSync(revocations, 'utf8') }),
    minVersion: 'TLSv1.2',
  }
  // Throws where the key is not the certificate's, or a file is no PEM.
  createSecureContext(material)
  return material
}
