import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { generate } from '../../../city/generate.ts'
import { seedCity } from '../../../city/seed.ts'

const SEED = fileURLToPath(new URL('../../../city/seed.ts', import.meta.url))

describe('seeding a city', () => {
  let folder: string
  let directory: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gx-seed-'))
    directory = join(folder, 'data', 'city')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  function residents(): unknown {
    const database = new DatabaseSync(join(directory, 'public-security', 'hjgl.db'), { readOnly: true })
    const row = database.prepare('select count(*) as n, min(gmsfhm) as first from czrk_jbxx').get()
    database.close()
    return { ...row }
  }

  test('fills every system and says how far it is', async () => {
    const steps: number[] = []
    const manifest = await seedCity({ directory, people: 2500, seed: 1, onProgress: (done) => steps.push(done) })
    expect(steps).toEqual([1000, 2000, 2500])
    expect(manifest.files.map(({ path }) => path)).toEqual([
      'public-security/hjgl.db',
      'human-resources/si.db',
      'human-resources/api-key',
      'disabled-persons/drop/cjrdj_20261101.csv',
      'disabled-persons/drop/cjrdj_20261101.manifest.json',
      'residence-permit/jzz.db',
      'health/wsjs.db',
      'health/soap-user',
      'health/soap-password',
      'health/jhsy.db',
      'education/xjgl.db',
      'education/zsdx_20261105.xlsx',
      'education/hzdx_20261110.csv',
      'education/kyjg_20261112.csv',
      'education/zsdx_20261105.xlsx.sha256',
      'education/hzdx_20261110.manifest.json',
      'education/kyjg_20261112.manifest.json',
      'housing-fund/gjj.db',
      'housing-fund/soap-user',
      'housing-fund/soap-password',
      'professional-qualifications/wsjk_20261008.xlsx',
      'professional-qualifications/wsjk_20261008.manifest.json',
      'professional-qualifications/czj_20261009.xlsx',
      'professional-qualifications/czj_20261009.manifest.json',
      'professional-qualifications/sfzg_20261010.csv',
      'professional-qualifications/sfzg_20261010.manifest.json',
      'professional-qualifications/sfzy_20261010.csv',
      'professional-qualifications/sfzy_20261010.manifest.json',
      'professional-qualifications/jszg_20261015.csv',
      'professional-qualifications/jszg_20261015.manifest.json',
      'market-registration/gsdj.db',
      'quality-supervision/zjxk.db',
      'tax/ds.db',
      'tax/api-key',
      'tax/gs.db',
      'tax/soap-user',
      'tax/soap-password',
      'institution-staffing/sydw_20260930.xlsx',
      'institution-staffing/sydw_20260930.xlsx.sha256',
      'civil-affairs/mzyw.db',
      'civil-affairs/api-key',
      'civil-affairs/shzz.db',
      'natural-resources/zrzy.db',
      'transport/jtys.db',
      'forestry/drop/slxb_20260630.csv',
      'forestry/drop/slxb_20260630.manifest.json',
      'forestry/drop/cdtb_20260630.csv',
      'forestry/drop/cdtb_20260630.manifest.json',
      'forestry/drop/ysdw_20260630.csv',
      'forestry/drop/ysdw_20260630.manifest.json',
      'ocean-fisheries/drop/ycdj_20261001.csv',
      'ocean-fisheries/drop/ycdj_20261001.manifest.json',
      'ocean-fisheries/drop/hysyq_20261001.csv',
      'ocean-fisheries/drop/hysyq_20261001.manifest.json',
      'macro-economy/drop/hgzb_20260820.csv',
      'macro-economy/drop/hgzb_20260820.manifest.json',
      'e-licence/dzzz.db',
      'e-licence/api-key',
      'public-credit/xyxx.db',
      'public-credit/api-key',
      'ecology-environment/hjjc.db',
      'ecology-environment/api-key',
      'meteorology/qxgc.db',
      'meteorology/api-key',
      'water/swxx.db',
      'water/api-key',
      'housing-urban-rural/cjgl.db',
      'housing-urban-rural/api-key',
      'development-reform/fgtz.db',
      'development-reform/api-key',
    ])
    const registered = [...generate({ people: 2500, seed: 1 })].filter((one) => one.household !== null)
    expect(residents()).toMatchObject({ n: registered.length })
    const secrets = manifest.files.filter(({ path }) => /\/(?:api-key|soap-user|soap-password)$/.test(path))
    expect(secrets.length).toBeGreaterThan(5)
    for (const { path } of secrets) expect((await stat(join(directory, path))).mode & 0o777, path).toBe(0o600)
    expect(await readdir(join(folder, 'data'))).toEqual(['city'])
  })

  test('does nothing the second time', async () => {
    const first = await seedCity({ directory, people: 50, seed: 1 })
    const steps: number[] = []
    expect(await seedCity({ directory, people: 50, seed: 1, onProgress: (done) => steps.push(done) })).toEqual(first)
    expect(steps).toEqual([])
  })

  test.each([
    { people: 60, seed: 1 },
    { people: 50, seed: 2 },
  ])('makes another city anew: %j', async (size) => {
    await seedCity({ directory, people: 50, seed: 1 })
    const before = residents()
    await seedCity({ directory, ...size })
    expect(residents()).not.toEqual(before)
    expect(await readdir(join(folder, 'data'))).toEqual(['city'])
  })

  test('mends a damaged or missing file', async () => {
    const { files } = await seedCity({ directory, people: 50, seed: 1 })
    // One of each kind of file: a city is made anew whatever it is that does not fit its manifest.
    const kinds = Map.groupBy(files, ({ path }) => extname(path))
    for (const [{ path } = { path: '' }] of kinds.values()) {
      const bytes = await readFile(join(directory, path))
      await writeFile(join(directory, path), bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1))
      const mended = await seedCity({ directory, people: 50, seed: 1 })
      await rm(join(directory, path))
      await seedCity({ directory, people: 50, seed: 1 })
      expect(existsSync(join(directory, path))).toBe(true)
      expect(mended.files.map((one) => one.path)).toEqual(files.map((one) => one.path))
    }
  })

  test('keeps a file that was dropped since', async () => {
    await seedCity({ directory, people: 50, seed: 1 })
    const later = join(directory, 'disabled-persons', 'drop', 'cjrdj_20261201.csv')
    await writeFile(later, 'x')
    await seedCity({ directory, people: 50, seed: 1 })
    expect(existsSync(later)).toBe(true)
  })

  test('leaves a folder alone that is not a city', async () => {
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'thesis.txt'), 'mine')
    await expect(seedCity({ directory, people: 5, seed: 1 })).rejects.toThrow('nothing was changed')
    expect(await readdir(directory)).toEqual(['thesis.txt'])
  })

  test('refuses a size that is none, and leaves nothing', async () => {
    await expect(seedCity({ directory, people: -1, seed: 1 })).rejects.toThrow(RangeError)
    expect(await readdir(join(folder, 'data'))).toEqual([])
  })

  test('two at once give one whole city', async () => {
    const size = { directory, people: 300, seed: 1 }
    const all = await Promise.all([seedCity(size), seedCity(size), seedCity(size)])
    expect(all).toHaveLength(3)
    const registered = [...generate({ people: 300, seed: 1 })].filter((one) => one.household !== null)
    expect(residents()).toMatchObject({ n: registered.length })
    expect(await readdir(join(folder, 'data'))).toEqual(['city'])
  })

  test.each([0, 1, 2])(
    'killed at some moment it leaves no half city, and the next one sweeps up (%d)',
    async (round) => {
      const script = `import { seedCity } from ${JSON.stringify(SEED)}
      await seedCity({ directory: ${JSON.stringify(directory)}, people: 1000000, seed: 1, onProgress: (done) => process.send(done) })`
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
      const ended = new Promise((resolve) => child.once('exit', resolve))
      await new Promise((resolve) => child.once('message', resolve))
      await wait(round * 150)
      child.kill('SIGKILL')
      await ended
      expect(existsSync(directory)).toBe(false)
      expect(await readdir(join(folder, 'data'))).toHaveLength(1)
      await seedCity({ directory, people: 50, seed: 1 })
      expect(await readdir(join(folder, 'data'))).toEqual(['city'])
    },
  )
})
