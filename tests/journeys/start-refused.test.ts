import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownFolder, startChildGateway, startProgram } from '../kit/child-gateway.ts'
import type { OwnFolder } from '../kit/child-gateway.ts'

/* What goes wrong at a start: one clear line that names the thing and what to do, exit code 1, nothing left behind. */

let folder: OwnFolder
beforeEach(async () => {
  folder = await ownFolder()
})
afterEach(() => folder.close())

interface Refused {
  readonly code: number | string | null
  /** What stands behind `gongxiang: `, a line each. */
  readonly said: readonly string[]
  readonly err: string
  readonly out: string
}

async function refusedStart(
  environment: Readonly<Record<string, string>>,
  more: { readonly args?: readonly string[]; readonly before?: readonly string[] } = {},
): Promise<Refused> {
  const child = startProgram(folder.path, [...(more.args ?? []), 'start'], environment, more.before)
  const code = await child.ended
  const err = child.err()
  const said = [...err.matchAll(/^gongxiang: (.*)$/gm)].map((match) => match[1] ?? '')
  return { code, said, err, out: child.out() }
}

/** What every refused start has in common. */
function expectRefused({ code, err, out }: Refused): void {
  expect(code).toBe(1)
  expect(out).toBe('')
  // No stack, nothing of the runtime: the line alone.
  expect(err).not.toMatch(/^\s+at |node:internal|\[cause\]/m)
}

const inFolder = async (): Promise<readonly string[]> =>
  (await readdir(folder.path)).filter((name) => name !== 'err.log').toSorted()

test('a port in use', async () => {
  const taken = await listen()
  const { port } = taken.address() as AddressInfo
  const refused = await refusedStart({ GONGXIANG_PORT: String(port) })
  expectRefused(refused)
  expect(refused.said).toEqual([`http.port: ${port} on 127.0.0.1 is in use; set another with GONGXIANG_PORT`])
  expect(await inFolder()).toEqual([])
  taken.close()
})

test('an address that is not of this machine', async () => {
  const refused = await refusedStart({ GONGXIANG_HOST: '192.0.2.1' })
  expectRefused(refused)
  expect(refused.said).toEqual(['http.host: 192.0.2.1 is no address of this machine; set GONGXIANG_HOST'])
  expect(await inFolder()).toEqual([])
})

test.each([
  ['text that is no YAML', 'http: [', ['broken.yaml:', 'sequence']],
  ['an unknown key', 'htpp: { port: 1 }', ['broken.yaml:1:1', 'htpp', 'did you mean "http"']],
  ['a value of the wrong kind', 'http:\n  drainMs: soon', ['broken.yaml:2:12', 'http.drainMs']],
  ['an unknown key in a department', 'departments:\n  x:\n    uri: http://127.0.0.1:1', ['broken.yaml:3', 'uri']],
])('a configuration file with %s', async (_what, text, words) => {
  await writeFile(join(folder.path, 'broken.yaml'), text)
  const refused = await refusedStart({}, { args: ['--config', 'broken.yaml'] })
  expectRefused(refused)
  expect(refused.said).toHaveLength(1)
  for (const word of words) expect(refused.said[0]).toContain(word)
  expect(await inFolder()).toEqual(['broken.yaml'])
})

test('a configuration file that is not there', async () => {
  const refused = await refusedStart({}, { args: ['--config', 'nowhere.yaml'] })
  expectRefused(refused)
  expect(refused.said).toEqual([expect.stringContaining('nowhere.yaml cannot be read')])
})

test('an unknown variable', async () => {
  const refused = await refusedStart({ GONGXIANG_PROT: '1' })
  expectRefused(refused)
  expect(refused.said).toEqual(['GONGXIANG_PROT: is no known setting (did you mean "GONGXIANG_PORT"?)'])
})

test.each(['PARTIES', 'MATTERS', 'CASES', 'GRANTS'])('a register that is not there: %s', async (register) => {
  const path = join(folder.path, 'missing.yaml')
  const refused = await refusedStart({ [`GONGXIANG_REGISTERS_${register}`]: path })
  expectRefused(refused)
  expect(refused.said).toEqual([`registers.${register.toLowerCase()}: ${path} is missing`])
  expect(await inFolder()).toEqual([])
})

test.each([
  ['PARTIES', 'parties: [ {code: 3'],
  ['MATTERS', 'matters: [ {code: 3'],
  ['CASES', 'cases: [ {number: 3'],
  ['GRANTS', 'grants: [ {id: 3'],
  ['MATTERS', 'matters: [ { code: x, title: 甲, department: y, fields: [nonsense] } ]'],
  ['GRANTS', 'grants: [ { id: G-1, consumer: y } ]'],
])('a broken register: %s %s; the audit record is not even opened', async (register, text) => {
  await writeFile(join(folder.path, 'broken.yaml'), text)
  const refused = await refusedStart({ [`GONGXIANG_REGISTERS_${register}`]: join(folder.path, 'broken.yaml') })
  expectRefused(refused)
  expect(refused.said.length).toBeGreaterThan(0)
  for (const line of refused.said) expect(line).toContain(join(folder.path, 'broken.yaml'))
  expect(await inFolder()).toEqual(['broken.yaml', 'data'])
  expect(await readdir(join(folder.path, 'data'))).not.toContain('audit')
})

test('all that is wrong is told at once', async () => {
  const refused = await refusedStart({
    GONGXIANG_REGISTERS_GRANTS: '/nowhere/grants.yaml',
    GONGXIANG_REGISTERS_CASES: '/nowhere/cases.yaml',
    GONGXIANG_REGIME: 'atlantis',
  })
  expectRefused(refused)
  expect(refused.said).toHaveLength(3)
  expect(refused.said.join('\n')).toContain('regimes/atlantis.yaml is missing')
})

test('a file where the data directory should be', async () => {
  await writeFile(join(folder.path, 'file'), '')
  const refused = await refusedStart({ GONGXIANG_DATA_DIRECTORY: join(folder.path, 'file') })
  expectRefused(refused)
  expect(refused.said[0]).toBe(
    `dataDirectory: ${join(folder.path, 'file')} is no directory; mend it or set GONGXIANG_DATA_DIRECTORY`,
  )
})

test('a data directory that this user may not use', async () => {
  const closed = join(folder.path, 'closed')
  await mkdir(closed)
  await chmod(closed, process.getuid?.() === 0 ? 0o700 : 0o500)
  await chmod(folder.path, 0o777)
  // Root may do everything: another user then starts the program.
  const before = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
  const refused = await refusedStart({ GONGXIANG_DATA_DIRECTORY: join(closed, 'data') }, { before })
  expectRefused(refused)
  expect(refused.said[0]).toContain(closed)
  expect(refused.said[0]).toMatch(/^dataDirectory: .* cannot be read and written by this user/)
  await chmod(closed, 0o700)
  expect(await readdir(closed)).toEqual([])
})

test('a data directory that leads back to itself', async () => {
  await symlink(join(folder.path, 'loop'), join(folder.path, 'loop'))
  const refused = await refusedStart({ GONGXIANG_DATA_DIRECTORY: join(folder.path, 'loop') })
  expectRefused(refused)
  expect(refused.said[0]).toContain(`dataDirectory: ${join(folder.path, 'loop')}`)
})

test('an audit directory that a living gateway writes; it goes on undisturbed', async () => {
  const first = await startChildGateway(folder.path)
  const second = await refusedStart({})
  expectRefused(second)
  expect(second.said).toHaveLength(1)
  expect(second.said[0]).toContain(`audit.directory: process ${first.pid} already writes`)
  expect(second.said[0]).toContain('GONGXIANG_DATA_DIRECTORY')
  expect((await fetch(`${first.url}/health/ready`)).status).toBe(200)
  expect(await first.stop()).toBe(0)
})

test('a lock that a killed gateway left does not stop the next one', async () => {
  const first = await startChildGateway(folder.path)
  expect(await first.stop('SIGKILL')).toBe('SIGKILL')
  const lock = await readFile(join(folder.path, 'data/audit/writer.lock'), 'utf8')
  expect(lock).toContain(String(first.pid))
  const next = await startChildGateway(folder.path)
  expect((await fetch(`${next.url}/health/ready`)).status).toBe(200)
  expect(await next.stop()).toBe(0)
})

test.each([
  [
    'a department that there is not',
    { GONGXIANG_DEPARTMENTS_NOWHERE_DIRECTORY: '/nowhere' },
    /^departments\.nowhere: .*there are public-security/,
  ],
])('%s: its own line, no password, and the port is free again', async (_what, environment, line) => {
  const port = await freePort()
  const refused = await refusedStart({ GONGXIANG_PORT: String(port), ...environment })
  expectRefused(refused)
  expect(refused.said).toEqual([expect.stringMatching(line)])
  expect(refused.err).not.toContain('secret-word')
  const again = await listen(port)
  again.close()
})

async function listen(port = 0): Promise<Server> {
  const server = createServer()
  await new Promise<void>((done, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', done)
  })
  return server
}

async function freePort(): Promise<number> {
  const server = await listen()
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}
