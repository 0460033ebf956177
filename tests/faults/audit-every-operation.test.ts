import { beforeAll, describe, expect, it } from 'vitest'
import { runLives } from '../kit/audit-lives.ts'
import type { Failure, Sabotage } from '../kit/audit-lives.ts'

/*
 * Each failure of a disk, of the power, of the process and of the clock, planted at each operation of one scripted run
 * (S20). Every run is the same each time.
 */

const FAILURES: readonly (readonly [string, Failure])[] = [
  ['power fails before it, nothing un-fsynced is left', { kind: 'crash', when: 'before', lost: 'wholly' }],
  ['power fails within it, some sectors are left in any order', { kind: 'crash', when: 'before', lost: 'partly' }],
  ['power fails behind it, nothing un-fsynced is left', { kind: 'crash', when: 'behind', lost: 'wholly' }],
  ['power fails behind it, some sectors are left in any order', { kind: 'crash', when: 'behind', lost: 'partly' }],
  ['the process alone is killed', { kind: 'kill' }],
  ['it fails once: no room', { kind: 'once', code: 'ENOSPC' }],
  ['it fails once: input/output error, a write is torn', { kind: 'once', code: 'EIO' }],
  ['it fails once: read-only', { kind: 'once', code: 'EROFS' }],
  ['the disk is full from then on, until room is made', { kind: 'until-mended', code: 'ENOSPC' }],
  ['the disk fails from then on, until it is replaced', { kind: 'until-mended', code: 'EIO' }],
  ['the disk is read-only from then on, until it is remounted', { kind: 'until-mended', code: 'EROFS' }],
  ['the clock is set back an hour', { kind: 'clock' }],
]

/** Every run with that failure, and what is wrong with which. */
async function atEach(operations: number, failure: Failure, sabotage: Sabotage = {}) {
  const wrong: string[] = []
  let answered = 0
  for (let number = 1; number <= operations; number += 1) {
    const outcome = await runLives({ number, failure }, sabotage)
    wrong.push(...outcome.wrong.map((one) => `operation ${number}: ${one}`))
    answered += outcome.acknowledged
  }
  return { wrong, answered }
}

describe('a failure at each operation of a run', () => {
  let operations = 0
  let answered = 0
  beforeAll(async () => {
    const sound = await runLives(null)
    expect(sound.wrong).toEqual([])
    operations = sound.operations
    answered = sound.acknowledged
  })

  it('has a run with rotation, checkpoints and a restart to fail in', () => {
    expect(operations).toBeGreaterThan(80)
    expect(answered).toBe(5 + 9 + 6 + 4 + 7 + 1)
  })

  it.each(FAILURES)('%s', { timeout: 60_000 }, async (_, failure) => {
    const outcome = await atEach(operations, failure)
    expect(outcome.wrong).toEqual([])
    // Nearly everybody is answered in nearly every run, or nothing would be shown.
    expect(outcome.answered / operations).toBeGreaterThan(failure.kind === 'crash' || failure.kind === 'kill' ? 12 : 20)
  })
})

describe('the harness bites', () => {
  const crash: Failure = { kind: 'crash', when: 'before', lost: 'wholly' }
  const first = async (failure: Failure, sabotage: Sabotage) => {
    for (let number = 1; number <= 120; number += 1) {
      const { wrong } = await runLives({ number, failure }, sabotage)
      if (wrong.length > 0) return wrong[0]
    }
    return null
  }

  it('where fsync does nothing', async () => {
    expect(await first(crash, { syncIsNoop: true })).not.toBeNull()
  })

  it('where the folder is not flushed', async () => {
    expect(await first(crash, { directorySyncIsNoop: true })).not.toBeNull()
  })

  it('where an fsync that failed says that all is well', async () => {
    expect(await first({ kind: 'once', code: 'EIO' }, { lies: true })).not.toBeNull()
  })
})
