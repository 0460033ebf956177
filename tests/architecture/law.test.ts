import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { coverageOfLaw } from '../../scripts/coverage-law.ts'

const ROOT = path.resolve(import.meta.dirname, '..', '..')

describe('the requirements of the regulations', () => {
  test('are each named by a test or a case, or say what is missing (npm run coverage:law)', async () => {
    const { rows, faults } = await coverageOfLaw(ROOT)
    expect(rows.length).toBeGreaterThan(300)
    expect(faults).toEqual([])
  })
})
