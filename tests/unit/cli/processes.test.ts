import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { auditFiles } from '../../../gateway/adapters/audit-file.ts'
import { checkMetrics, checkSeveral } from '../../../gateway/cli/doctor/processes.ts'
import { auditVerify } from '../../../gateway/cli/audit-verify.ts'
import { checkProcesses, configOfProcess } from '../../../gateway/cli/process-config.ts'
import { openAuditLog } from '../../../gateway/audit/audit-log.ts'
import { loadConfig } from '../../../gateway/config/load.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'
import { AUDIT_KEY, appendAll, receipts } from '../../kit/audit-samples.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gx-processes-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

describe('the configuration of one of several processes', () => {
  const departments = `departments:
  tax: { url: 'http://127.0.0.1:4101/graphql', concurrency: 7 }
  health: { url: 'http://127.0.0.1:4102/graphql', concurrency: 4 }
`
  const load = async (processes: number) => {
    const file = join(directory, 'gongxiang.yaml')
    await writeFile(file, `processes: ${processes}\n${departments}`)
    return loadConfig({ file, env: {}, cwd: directory })
  }

  it('has an audit folder of its own, and its part of what each department bears', async () => {
    const config = await load(3)
    const parts = [1, 2, 3].map((number) => configOfProcess(config, number, 4_321))
    expect(parts.map(({ audit }) => audit.directory)).toEqual(
      [1, 2, 3].map((one) => `${config.audit.directory}/${one}`),
    )
    expect(parts.map(({ http }) => http.port)).toEqual([4_321, 4_321, 4_321])
    expect(parts.map((part) => part.departments['tax']?.concurrency)).toEqual([3, 2, 2])
    expect(parts.map((part) => part.departments['health']?.concurrency)).toEqual([2, 1, 1])
    expect(() => checkProcesses(config)).not.toThrow()
  })

  it('is refused where a department bears fewer calls at once than there are processes', async () => {
    expect(() => checkProcesses({ processes: 1, departments: {} })).not.toThrow()
    const config = await load(5)
    expect(() => checkProcesses(config)).toThrow(
      /^departments\.health\.concurrency: 4 calls .* 5 processes; start at most 4$/,
    )
  })
})

describe('the doctor', () => {
  const config = async (settings: string) => {
    const file = join(directory, 'gongxiang.yaml')
    await writeFile(file, settings)
    return loadConfig({ file, env: {}, cwd: directory })
  }
  const states = async (check: typeof checkMetrics, settings: string) =>
    (await check(await config(settings))).map(({ state }) => state)

  it('finds what several processes cannot share, and a port of the operators that is taken', async () => {
    expect(await states(checkSeveral, 'processes: 1')).toEqual(['ok'])
    expect(await states(checkSeveral, 'processes: 4')).toEqual(['ok'])
    const small = `processes: 4\ndepartments: { tax: { url: 'http://127.0.0.1:1/', concurrency: 3 } }`
    expect(await states(checkSeveral, small)).toEqual(['fail'])
    expect(await states(checkMetrics, 'processes: 1')).toEqual(['ok'])
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    taken.on('connection', (socket) => socket.destroy())
    expect(await states(checkMetrics, `metrics: { port: ${port} }`)).toEqual(['fail'])
    await new Promise((resolve) => taken.close(resolve))
    expect(await states(checkMetrics, `metrics: { port: ${port} }`)).toEqual(['ok'])
  })
})

describe('audit verify over the chains of several processes', () => {
  async function chain(folder: string, name: string, records: number): Promise<void> {
    const files = auditFiles(join(directory, folder))
    const log = await openAuditLog({
      files,
      clock: systemClock,
      signer: AUDIT_KEY.signer,
      chain: name,
      segmentBytes: 262_144,
    })
    await appendAll(log, receipts(name, records))
    await log.close()
  }
  async function verify(keptHeads?: string) {
    const printed: string[] = []
    const print = (text: string): void => void printed.push(text)
    const kept = keptHeads === undefined ? {} : { keptHeads: Buffer.from(keptHeads) }
    const options = {
      directory,
      publicKeys: [AUDIT_KEY.publicKey],
      json: true,
      language: 'en',
      print,
      ...kept,
    } as const
    const code = await auditVerify(options)
    const said = JSON.parse(printed.join('')) as {
      ok: boolean
      chains: { process: number | null; records: number }[]
      faults: { kind: string; chain: string }[]
    }
    return { code, ...said }
  }

  it('proves each, also beside the chain of a process by itself', async () => {
    await chain('.', 'gateway', 1)
    await chain('1', 'gateway-1', 2)
    await chain('2', 'gateway-2', 3)
    const { code, ok, chains, faults } = await verify()
    expect([code, ok, faults]).toEqual([0, true, []])
    expect(chains.map(({ process, records }) => [process, records])).toEqual([
      [null, 1],
      [1, 2],
      [2, 3],
    ])
  })

  it('finds one that is altered, and says which', async () => {
    await chain('1', 'gateway-1', 2)
    await chain('2', 'gateway-2', 2)
    const [segment = ''] = (await readdir(join(directory, '2'))).filter((name) => /^\d/.test(name))
    await rename(join(directory, '2', segment), join(directory, '2', '00000009.ndjson'))
    const { code, ok } = await verify()
    expect([code, ok]).toEqual([1, false])
  })

  it('finds one that is gone, emptied, or in the place of another', async () => {
    await chain('1', 'gateway-1', 1)
    await chain('2', 'gateway-2', 1)
    await chain('3', 'gateway-3', 1)
    await rename(join(directory, '2'), join(directory, 'aside'))
    expect((await verify()).faults).toMatchObject([{ kind: 'chain-missing', chain: 'gateway-2' }])
    await mkdir(join(directory, '2'))
    expect((await verify()).faults).toMatchObject([{ kind: 'chain-missing', chain: 'gateway-2' }])
    await rm(join(directory, '2'), { recursive: true })
    await rename(join(directory, '3'), join(directory, '2'))
    const { code, faults } = await verify()
    expect([code, faults]).toMatchObject([1, [{ kind: 'chain-misplaced', chain: 'gateway-3' }]])
  })

  it('knows by a head kept elsewhere that the last one is gone', async () => {
    await chain('1', 'gateway-1', 1)
    await chain('2', 'gateway-2', 1)
    const heads = async (folder: string): Promise<string> =>
      readFile(join(directory, folder, 'heads-00000001.ndjson'), 'utf8')
    const kept = (await heads('1')) + (await heads('2'))
    expect((await verify(kept.replaceAll('\0', ''))).code).toBe(0)
    await rm(join(directory, '2'), { recursive: true })
    expect((await verify()).code).toBe(0)
    expect((await verify(kept.replaceAll('\0', ''))).faults).toMatchObject([
      { kind: 'chain-missing', chain: 'gateway-2' },
    ])
  })
})
