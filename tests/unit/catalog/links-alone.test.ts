import { describe, expect, test } from 'vitest'
import { checkLinksAlone } from '../../../gateway/catalog/check-links-alone.ts'
import { readDepartment } from '../../../gateway/catalog/read-department.ts'
import { readSources } from '../../../gateway/start/composition.ts'

const findings = (change: (sdl: string) => string) =>
  checkLinksAlone(readSources().map((one) => readDepartment({ ...one, sdl: change(one.sdl) })))

describe('a link to a record that is found by itself', () => {
  test('follows itself wherever it is not unconditional', () => {
    expect(findings((sdl) => sdl)).toEqual([])
  })

  test.each(['Person.landParcels', 'LegalEntity.landParcels', 'Person.taxis', 'Person.fishingVessels'])(
    '%s without it is found',
    (at) => {
      const found = findings((sdl) => sdl.replace(`@reference(follows: "${at}")`, ''))
      expect(found.map(({ code, message }) => [code, message.split(' ')[0]])).toEqual([['LINK_OPEN', at]])
    },
  )
})
