import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openMatterFiles } from '../../../gateway/adapters/matter-files.ts'
import type { MatterFiles } from '../../../gateway/adapters/matter-files.ts'

const MATTERS = 'matters:\n  - { code: M-1, title: 事项一, department: housing, fields: [Person.name] }\n'
const CASES = 'cases:\n  - { number: C-1, matter: M-1, department: housing }\n'

describe('the registers of matters and cases', () => {
  let folder = ''
  let registers: MatterFiles
  const [matters, cases] = [() => join(folder, 'matters.yaml'), () => join(folder, 'cases.yaml')]

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    folder = await mkdtemp(join(tmpdir(), 'gx-matters-'))
    await writeFile(matters(), MATTERS)
    await writeFile(cases(), CASES)
    registers = openMatterFiles(matters(), cases())
  })
  afterEach(async () => {
    registers.close()
    vi.useRealTimers()
    await rm(folder, { recursive: true, force: true })
  })

  /** As editors do: the whole file at once, under its name. */
  async function replace(path: string, text: string): Promise<void> {
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
    vi.advanceTimersByTime(1_000)
  }

  test('a case that was opened after the start is known within a second', async () => {
    expect(registers.cases.find('C-2')).toBeNull()
    await replace(cases(), `${CASES}  - { number: C-2, matter: M-1, department: housing }\n`)
    expect(registers.cases.find('C-2')).toMatchObject({ matter: 'M-1' })
  })

  test('a changed minimal set has another version, so that no view of the old one is served', async () => {
    const before = registers.matters.version()
    await replace(matters(), MATTERS.replace('Person.name', 'Person.sex'))
    expect([...(registers.matters.find('M-1')?.fields.keys() ?? [])]).toEqual(['Person.sex'])
    expect(registers.matters.version()).toBeGreaterThan(before)
  })

  test('a broken register leaves the last good one in force', async () => {
    await replace(matters(), 'matters: [')
    expect(registers.matters.find('M-1')).not.toBeNull()
    await replace(matters(), MATTERS.replace('M-1', 'M-9'))
    expect([registers.matters.find('M-1'), registers.matters.find('M-9')?.code]).toEqual([null, 'M-9'])
  })
})
