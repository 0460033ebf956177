import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
      'education/xjgl.db',
      'housing-fund/gjj.db',
      'professional-qualifications/zgzs.db',
      'market-registration/gsdj.db',
      'quality-supervision/zjxk.db',
      'tax/zsxt.db',
      'institution-staffing/sydj.db',
      'civil-affairs/mzyw.db',
    ])
    const registered = [...generate({ people: 2500, seed: 1 })].filter((one) => one.household !== null)
    expect(residents()).toMatchObject({ n: registered.length })
    expect((await stat(join(directory, 'human-resources', 'api-key'))).mode & 0o777).toBe(0o600)
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
    for (const { path } of files) {
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
