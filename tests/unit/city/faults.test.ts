import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { plantFaults } from '../../../city/faults.ts'
import type { PlantedFault } from '../../../city/faults.ts'
import { seedCity } from '../../../city/seed.ts'
import { disabledPersons } from '../../../subgraphs/disabled-persons/source.ts'
import { institutionStaffing } from '../../../subgraphs/institution-staffing/source.ts'
import type { Department } from '../../../subgraphs/kit/register.ts'
import { testCity } from '../../kit/city.ts'
import type { TestCity } from '../../kit/city.ts'

let city: TestCity
let planted: readonly PlantedFault[]
let work: string
beforeAll(async () => {
  city = await testCity()
  work = await mkdtemp(join(tmpdir(), 'gx-faults-'))
  planted = await plantFaults(city.directory)
})
afterAll(async () => {
  await city.close()
  await rm(work, { recursive: true, force: true })
})

test.each([
  [disabledPersons, '2026-11-01T00:00:00+08:00', /cjrdj_20261118/],
  [institutionStaffing, '2026-09-30T00:00:00+08:00', /sydw_20261118/],
] as readonly (readonly [Department, string, RegExp])[])(
  '$name serves the version before, with its time, and says why (S25)',
  async (department, asOf, told) => {
    const workDirectory = join(work, department.name)
    const source = await department.connect({ dataDirectory: city.directory, workDirectory })
    const [register] = Object.values({ ...department.links, ...department.legalLinks })
    expect(register && (await source.asOf(register))).toBe(asOf)
    const { ok, detail } = await source.health()
    expect(ok).toBe(true)
    expect(detail).toMatch(told)
    await source.close()
    // A clerk finds a report, and in it no number of anybody.
    const reports = (await readdir(workDirectory, { recursive: true })).filter((name) => /\.(txt|md)$/.test(name))
    expect(reports.length).toBeGreaterThan(0)
    for (const name of reports) expect(await readFile(join(workDirectory, name), 'utf8')).not.toMatch(/\d{15,}/)
  },
)

test('the city is still whole: seeding it again changes nothing', async () => {
  expect(planted.map(({ department }) => department)).toEqual(['disabled-persons', 'institution-staffing'])
  await seedCity({ directory: city.directory, people: 200, seed: 7 })
  for (const { file } of planted) expect((await readFile(join(city.directory, file))).length).toBeGreaterThan(0)
})
