import { expect, test } from 'vitest'
import { createLoad } from '../../../gateway/limits/load.ts'

test('lets so many in at once, and whoever leaves makes room, once', () => {
  const load = createLoad(2)
  const [one, two] = [load.enter(), load.enter()]
  expect(load.enter()).toBeNull()
  one?.()
  one?.()
  expect([load.enter() === null, load.enter() === null]).toEqual([false, true])
  two?.()
  expect(load.enter()).not.toBeNull()
})
