import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { auditReader } from '../../gateway/adapters/audit-file.ts'
import { openKeyFiles } from '../../gateway/adapters/key-files.ts'
import { readRecords } from '../../gateway/audit/read-records.ts'
import { verifyAudit } from '../../gateway/audit/verify.ts'
import { mintToken, PROFILES } from '../../gateway/caller/development-issuer.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { ownFolder, startChildGateway } from '../kit/child-gateway.ts'
import type { ChildGateway, OwnFolder } from '../kit/child-gateway.ts'
import { codesOf, sendRaw } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'

const PRLIMIT = '/usr/bin/prlimit'
const NUMBER = demoPeople.allThree.document.idDocumentNumber
const QUERY = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") { name } }`

/** The disk fails for real: the system lets the process write to no file beyond its first byte (RLIMIT_FSIZE). */
describe.skipIf(!existsSync(PRLIMIT))(
  'no record, no answer (INV-7): the audit disk fails under a running gateway',
  () => {
    let folder: OwnFolder
    let department: Server
    let asked = 0
    let gateway: ChildGateway
    let token: string

    beforeAll(async () => {
      folder = await ownFolder()
      department = createServer((request, response) => {
        asked += 1
        void buffer(request).then(() => {
          const answer = { data: { _entities: [{ name: '欧阳静怡' }] } }
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
        })
      })
      await new Promise<void>((done) => department.listen(0, '127.0.0.1', done))
      const { port } = department.address() as AddressInfo
      gateway = await startChildGateway(folder.path, {
        GONGXIANG_DEPARTMENTS_PUBLIC_SECURITY_URL: `http://127.0.0.1:${port}/graphql`,
        GONGXIANG_AUDIT_SEGMENT_BYTES: '1048576',
      })
      await writeFile(join(folder.path, 'data', 'city', '.department-data'), '')
      const keys = await openKeyFiles(join(folder.path, 'data', 'keys'), 'embedded', systemClock)
      token = await mintToken(keys.signing('token-signing'), PROFILES['market-app'], {
        issuer: 'https://gongxiang.example/embedded',
        audience: 'gongxiang',
        now: Date.now(),
        ttlSeconds: 3_600,
      })
    })
    afterAll(async () => {
      await gateway?.stop()
      department.closeAllConnections()
      await new Promise((done) => department.close(done))
      await folder.close()
    })

    const ask = (): Promise<Reply> =>
      sendRaw(gateway.url, {
        headers: [
          ['content-type', 'application/json'],
          ['authorization', `Bearer ${token}`],
          ['x-matter', 'business-licence-change'],
        ],
        body: JSON.stringify({ query: QUERY }),
      })
    const ready = async (): Promise<number> =>
      (await sendRaw(gateway.url, { method: 'GET', path: '/health/ready' })).status
    const fileSize = (soft: string) => promisify(execFile)(PRLIMIT, ['--pid', String(gateway.pid), `--fsize=${soft}:`])
    async function until(status: number): Promise<void> {
      while ((await ready()) !== status) await new Promise((done) => setTimeout(done, 50))
    }

    test('before: answers, and is ready', async () => {
      const reply = await ask()
      expect([reply.status, reply.body.data]).toEqual([200, { person: { name: '欧阳静怡' } }])
      expect([asked, await ready()]).toEqual([1, 200])
    })

    test('the first answer whose record fails does not leave; then nothing is fetched, and it is not ready', async () => {
      await fileSize('1')
      const first = await ask()
      expect([first.status, codesOf(first), first.body.data]).toEqual([503, ['AUDIT_UNAVAILABLE'], undefined])
      expect(first.text).not.toContain('欧阳静怡')
      await until(503)
      const before = asked
      const replies = await Promise.all(Array.from({ length: 20 }, ask))
      for (const reply of replies) {
        expect([reply.status, codesOf(reply)]).toEqual([503, ['AUDIT_UNAVAILABLE']])
        expect(reply.body.errors?.[0]?.extensions.clause).toBe('ZS-6.03')
        expect(reply.receipt).toMatch(/^gx_/)
      }
      expect(asked).toBe(before)
      expect((await sendRaw(gateway.url, { method: 'GET', path: '/health/live' })).status).toBe(200)
      const health = await sendRaw(gateway.url, { method: 'GET', path: '/health/ready' })
      expect(JSON.parse(health.text)).toMatchObject({ status: 'not-ready', checks: { audit: { ok: false } } })
    })

    test('once the disk is well it answers again, and the record is whole', async () => {
      await fileSize('unlimited')
      await until(200)
      const reply = await ask()
      expect([reply.status, reply.body.data]).toEqual([200, { person: { name: '欧阳静怡' } }])
      expect(await gateway.stop()).toBe(0)
      const reader = auditReader(join(folder.path, 'data', 'audit'))
      const keys = await openKeyFiles(join(folder.path, 'data', 'keys'), 'embedded', systemClock)
      expect((await verifyAudit(reader, [keys.signing('audit-head').publicKey])).faults).toEqual([])
      const receipts = (await Array.fromAsync(readRecords(reader))).map(({ receipt }) => receipt)
      expect(receipts).toContain(reply.receipt)
    })
  },
)
