import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

const PLACES = ['/usr/bin/strace', '/bin/strace']

/**
 * Where strace is, or null with a loud message.
 *
 * @throws in CI, where a proof that skips itself would pass for ever without anyone looking
 */
export function findStrace(): string | null {
  const found = PLACES.find(existsSync)
  if (found !== undefined) return found
  const message = `No strace in ${PLACES.join(', ')}: the connections of the gateway cannot be seen`
  if (process.env['CI'] === 'true') throw new Error(message)
  process.stderr.write(`\n${'!'.repeat(100)}\n!! SKIPPED: ${message}\n${'!'.repeat(100)}\n`)
  return null
}

/**
 * Words before a command, so that strace writes every connection of it, of its threads and of its children to `file`.
 * Texts are left out (`-s 0`): what is said is not asked here, and must not be on disk.
 */
export function traced(strace: string, file: string): readonly string[] {
  const calls = 'connect,sendto,sendmsg,sendmmsg,bind,getsockname'
  return [
    strace,
    '--follow-forks',
    '--seccomp-bpf',
    '-qq',
    '-s',
    '0',
    '-e',
    `trace=${calls}`,
    '-e',
    'signal=none',
    '-o',
    file,
  ]
}

/** A place that was connected to, or sent to. */
export interface Peer {
  readonly call: string
  readonly family: 'AF_INET' | 'AF_INET6' | 'AF_UNIX' | 'AF_NETLINK' | 'other'
  /** IP address, or path of a Unix socket. */
  readonly address: string
  readonly port: number
}

/** What a trace shows. */
export interface Connections {
  readonly peers: readonly Peer[]
  /** Ports that the traced processes listen on or hold themselves. */
  readonly own: ReadonlySet<number>
}

const CALL = /^(?:\d+ +)?(connect|sendto|sendmsg|sendmmsg|bind|getsockname)\(\d+, ?(.*)$/
const FAMILY = /sa_family=(AF_\w+)/
const PORT = /sin6?_port=htons\((\d+)\)/
const ADDRESS = /sin_addr=inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/
const UNIX = /sun_path=(@?"[^"]*")/

/** Reads a trace: who was connected to, by any thread or child. */
export async function readConnections(file: string): Promise<Connections> {
  const peers: Peer[] = []
  const own = new Set<number>()
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    const [, call = '', rest = ''] = CALL.exec(line) ?? []
    const family = FAMILY.exec(rest)?.[1]
    // Without an address it is a further word on a connection that is known already.
    if (call === '' || family === undefined) continue
    const port = Number(PORT.exec(rest)?.[1] ?? 0)
    if (call === 'bind' || call === 'getsockname') own.add(port)
    else peers.push({ call, family: known(family), address: addressOf(rest), port })
  }
  return { peers, own }
}

function known(family: string): Peer['family'] {
  return family === 'AF_INET' || family === 'AF_INET6' || family === 'AF_UNIX' || family === 'AF_NETLINK'
    ? family
    : 'other'
}

function addressOf(text: string): string {
  const [, four, six] = ADDRESS.exec(text) ?? []
  return four ?? six ?? UNIX.exec(text)?.[1] ?? ''
}

/**
 * Peers that nobody configured: everything but the kernel itself, the name service caches of this machine, and
 * loopback ports that the processes hold themselves or that are given. A question to a name server is never expected,
 * on loopback neither.
 */
export function unexpected({ peers, own }: Connections, configured: readonly number[] = []): readonly string[] {
  const expected = (peer: Peer): boolean => {
    if (peer.family === 'AF_NETLINK') return true
    if (peer.family === 'AF_UNIX') return /^"\/(var\/)?run\/nscd\//.test(peer.address)
    const loopback = /^127\.|^::1$|^::ffff:127\./.test(peer.address)
    return loopback && peer.port !== 53 && (own.has(peer.port) || configured.includes(peer.port))
  }
  const names = peers.filter((peer) => !expected(peer)).map(({ call, address, port }) => `${call} ${address}:${port}`)
  return [...new Set(names)].toSorted()
}
