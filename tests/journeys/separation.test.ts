import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyAudit } from '../../gateway/audit/verify.ts'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import type { Role } from '../../gateway/caller/roles.ts'
import { openKeyFiles } from '../../gateway/adapters/key-files.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { removeButKeepRecords } from '../kit/keep.ts'
import { numberOf } from '../kit/verify.ts'

/* Who administers does not audit, who audits sees no business value, and nobody deletes (ZS-6.04, ZS-1.11). */

const holder = (officer: string, ...roles: readonly Role[]): TokenSubject => ({
  department: 'data-authority',
  application: 'authority-console',
  officer,
  name: '演示 管理员',
  roles,
})
const AUDITOR: TokenSubject = {
  department: 'audit-office',
  application: 'audit-console',
  officer: 'AUD-0009',
  name: '演示 审计员',
  roles: ['AUDITOR'],
}
const PERSON = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${numberOf('allThree')}") { name } }`

describe('over the wire', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway()
  })
  afterAll(() => gateway.stop())

  const told = async (as: TokenSubject) => {
    const reply = await gateway.ask({ as, query: '{ __typename }' })
    const { code, clause } = reply.body.errors?.[0]?.extensions ?? {}
    return { reply, status: reply.status, code, clause }
  }

  test.each<[string, readonly Role[], string]>([
    ['security and data', ['SECURITY_ADMIN', 'DATA_OPERATOR'], 'ZS-6.04'],
    ['security and audit', ['AUDITOR', 'SECURITY_ADMIN'], 'ZS-6.04'],
    ['decisions and audit', ['AUTHORITY', 'AUDITOR'], 'ZS-1.11'],
  ])('one token does not hold %s; the refusal has the name', async (_name, roles, clause) => {
    const { reply, ...seen } = await told(holder('DA-0101', ...roles))
    expect(seen).toEqual({ status: 401, code: 'UNAUTHENTICATED', clause })
    expect(await gateway.recordOf(reply.receipt)).toMatchObject({ officer: 'DA-0101', roles, method: 'refused' })
  })

  test('nor does one person with two tokens on one day', async () => {
    expect((await told(holder('DA-0102', 'SECURITY_ADMIN'))).status).toBe(200)
    const { reply, ...seen } = await told(holder('da-0102', 'DATA_OPERATOR'))
    expect(seen).toEqual({ status: 401, code: 'UNAUTHENTICATED', clause: 'ZS-6.04' })
    expect(await gateway.recordOf(reply.receipt)).toMatchObject({ officer: 'da-0102', roles: ['DATA_OPERATOR'] })
    expect((await told(holder('DA-0102', 'SECURITY_ADMIN', 'AUTHORITY'))).status).toBe(200)
    expect((await told(holder('DA-0103', 'DATA_OPERATOR'))).status).toBe(200)
    // Whoever may read the record is on the auditors' side, by whatever role.
    const reader = await told(holder('DA-0103', 'AUTHORITY'))
    expect([reader.status, reader.code, reader.clause]).toEqual([401, 'UNAUTHENTICATED', 'ZS-6.04'])
  })

  test.each<[string, TokenSubject, string]>([
    ['a department’s desk', { ...DESK, roles: ['AUDITOR'] }, 'ZS-1.11'],
    ['the audit office', { ...AUDITOR, roles: ['SECURITY_ADMIN'] }, 'ZS-1.10'],
    ['the data authority', holder('DA-0104', 'AUDITOR'), 'ZS-1.11'],
  ])('%s gives no role that is another’s', async (_name, as, clause) => {
    expect(await told(as)).toMatchObject({ status: 403, code: 'AUDIENCE_MISMATCH', clause })
  })

  test('an auditor reads no business value, whatever matter is stated: nothing is fetched', async () => {
    for (const roles of [['AUDITOR'], ['AUDITOR', 'DESK']] as const) {
      gateway.forget()
      const reply = await gateway.ask({ as: { ...AUDITOR, roles }, ...DESK_MATTER, query: PERSON })
      expect([codesOf(reply), reply.body.data]).toEqual([['NOT_NEEDED'], { person: null }])
      expect(departmentsSeen(gateway.seen)).toEqual([])
    }
  })

  test('no operation deletes or changes a record', async () => {
    const reply = await gateway.ask({ query: '{ __schema { mutationType { fields { name } } } }', ...DESK_MATTER })
    const names = JSON.stringify(reply.body.data)
    expect(names).toContain('verifyItems')
    expect(names).not.toMatch(/delete|remove|purge|erase|truncate|rewrite/i)
    const deleting = await gateway.ask({ as: AUDITOR, query: 'mutation { deleteAuditRecords { ok } }' })
    expect(codesOf(deleting)).toEqual(['GRAPHQL_VALIDATION_FAILED'])
  })
})

const read = promisify(execFile)
/** An account of the system that is nobody's, and a group that it alone is in. */
const [NOBODY, AUDITORS] = [65_534, 54_321]

describe.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')('on the machine', () => {
  let gateway: TestGateway
  let folder: string
  const catAs = (path: string) =>
    read('/bin/cat', [path], { uid: NOBODY, gid: AUDITORS, encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 })
  const mayRead = async (path: string): Promise<boolean> =>
    catAs(path).then(
      () => true,
      () => false,
    )
  const audit = () => join(folder, 'audit')

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gx-readers-'))
    await chmod(folder, 0o755)
    const settings = { audit: { directory: audit(), group: String(AUDITORS), segmentBytes: 262_144 } }
    gateway = await startTestGateway({ settings })
    // What lies above is open, so that each folder has to keep itself.
    await chmod(gateway.directory, 0o755)
    await chmod(join(gateway.directory, 'data'), 0o755)
  })
  afterAll(async () => {
    await gateway.stop()
    await removeButKeepRecords(folder)
  })

  test('the auditors’ group reads the record, copies it and proves it with the public key alone', async () => {
    for (let at = 0; at < 3; at += 1) await gateway.ask({ ...DESK_MATTER, query: PERSON })
    const names = (await readdir(audit())).filter((name) => name.endsWith('.ndjson')).toSorted()
    expect(names).toEqual(expect.arrayContaining(['00000001.ndjson', 'heads-00000001.ndjson']))
    const copy = new Map<string, Uint8Array>()
    for (const name of names) copy.set(name, (await catAs(join(audit(), name))).stdout)
    const keys = await openKeyFiles(join(gateway.directory, 'data', 'keys'), 'embedded', systemClock)
    const report = await verifyAudit(
      {
        list: async () => names,
        read: async (name, length) => (copy.get(name) ?? Buffer.alloc(0)).subarray(0, length),
        writer: async () => process.pid,
      },
      [keys.signing('audit-head').publicKey],
    )
    expect([report.faults, report.records > 2]).toEqual([[], true])
  })

  test('and nothing else: no key, no count, no event, no setting with a secret; and it writes nothing', async () => {
    const files = await readdir(join(gateway.directory, 'data'), { recursive: true, withFileTypes: true })
    const own = files
      .filter((one) => one.isFile() && !one.parentPath.includes('/city'))
      .map((one) => join(one.parentPath, one.name))
    expect(own.filter((path) => path.includes('/keys/')).length).toBeGreaterThan(0)
    expect(own.filter((path) => path.includes('/state/')).length).toBeGreaterThan(0)
    const readable: string[] = []
    for (const path of own.filter((one) => /\/(keys|state|events)\//.test(one)))
      if (await mayRead(path)) readable.push(path)
    expect(readable).toEqual([])
    const written = await read(
      '/bin/sh',
      ['-c', `echo x >> ${join(audit(), '00000001.ndjson')} || touch ${audit()}/x || rm -f ${audit()}/*`],
      {
        uid: NOBODY,
        gid: AUDITORS,
      },
    ).then(
      () => true,
      () => false,
    )
    expect(written).toBe(false)
  })

  test('without the setting nobody but the gateway’s account reads the record', async () => {
    const other = await startTestGateway()
    try {
      const paths = [other.directory, join(other.directory, 'data')]
      for (const path of paths) await chmod(path, 0o755)
      const directory = join(other.directory, 'data', 'audit')
      expect(await mayRead(join(directory, '00000001.ndjson'))).toBe(false)
      expect((await stat(join(directory, '00000001.ndjson'))).mode & 0o777).toBe(0o600)
    } finally {
      await other.stop()
    }
  })

  test('a group that this machine does not have is told at the start', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'gx-no-group-'))
    const settings = { audit: { directory, group: 'no-such-group-here' } }
    await expect(startTestGateway({ settings })).rejects.toThrow(/audit\.group: there is no group no-such-group-here/)
    await rm(directory, { recursive: true, force: true })
  })
})

test('the table of threats names places and tests that exist', () => {
  const root = join(import.meta.dirname, '../..')
  const page = readFileSync(join(root, 'docs', 'separation-of-duties.md'), 'utf8')
  const named = [...page.matchAll(/`((?:tests|gateway|scripts)\/[\w./-]+)`/g)].map(([, path = '']) => path)
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  const rows = page.split('\n').filter((line) => line.startsWith('| ') && line.includes('`tests/'))
  expect(rows.every((line) => line.split(' | ').length === 5)).toBe(true)
})
