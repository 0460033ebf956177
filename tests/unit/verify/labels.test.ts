import { buildSchema, GraphQLScalarType, isEnumType } from 'graphql'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { canonicalClaim } from '../../../gateway/verify/canonical.ts'
import { enumLabels, labelsOf, NO_LABELS } from '../../../gateway/verify/labels.ts'

const schema = buildSchema(`
  enum AccountStatus {
    "正常缴存 · Contributions are paid"
    NORMAL
    "封存 · Sealed: contributions have stopped"
    SEALED
    "港澳台居民来往内地(大陆)通行证 · Mainland travel permit"
    HMT_PERMIT
    "其他 · Other"
    OTHER_ONE
    "其他 · Something else"
    OTHER_TWO
    "normal · As the first by its label"
    LIKE_NORMAL
    UNDESCRIBED
  }
`)

function enumOf(name: string) {
  const type = schema.getType(name)
  if (!isEnumType(type)) throw new Error(`${name} is no enum`)
  return type
}

const labels = enumLabels(enumOf('AccountStatus'))
const code = (claim: string) => canonicalClaim('CODE', claim, labels)

describe('the values of an enum', () => {
  test.each([
    ['SEALED', 'SEALED'],
    ['sealed', 'SEALED'],
    ['封存', 'SEALED'],
    [' 封 存 ', 'SEALED'],
    ['Sealed: contributions have stopped', 'SEALED'],
    ['封存 · Sealed', '封存·SEALED'],
    ['正常缴存', 'NORMAL'],
    ['contributions are paid', 'NORMAL'],
    ['港澳台居民来往内地（大陆）通行证', 'HMT_PERMIT'],
    ['港澳台居民来往内地通行证', 'HMT_PERMIT'],
    ['HMT_PERMIT', 'HMT_PERMIT'],
    ['hmt permit', 'HMT_PERMIT'],
    ['undescribed', 'UNDESCRIBED'],
  ])('are claimed by name and by label of either language: %s', (claim, value) => {
    expect(code(claim)).toBe(value)
  })

  test('are not claimed by a label that two share, nor by a label that is the name of another', () => {
    expect(code('其他')).toBe('其他')
    expect(code('Other')).toBe('OTHER_ONE')
    expect(code('normal')).toBe('NORMAL')
  })

  test('without a list, a code is itself', () => {
    const bare = (claim: string) => canonicalClaim('CODE', claim, NO_LABELS)
    expect(bare('91442000ma4x1234xy')).toBe(bare(' 91442000MA4X1234XY'))
    expect(bare('01')).not.toBe(bare('1'))
  })
})

describe('the code list that a scalar names', () => {
  const scalar = (description: string) => labelsOf(new GraphQLScalarType({ name: 'Some', description }))

  test.each([
    ['GB/T 2261.1', '男', '1'],
    ['GB/T 2261.1', '女性', '2'],
    ['GB/T 2261.1', 'Female', '2'],
    ['GB/T 2261.1', '2', '2'],
    ['GB/T 2261.2', '离婚', '40'],
    ['GB/T 2261.2', 'First marriage', '21'],
    ['GB/T 3304', '汉', '01'],
    ['GB/T 3304', '维吾尔族', '05'],
    ['GB/T 3304', 'uygur', '05'],
    ['GB/T 3304', 'JN', '56'],
    ['GB/T 3304', '基诺族', '56'],
    ['GB/T 3304', '59', '59'],
  ])('%s: %s is %s', (standard, claim, value) => {
    expect(canonicalClaim('CODE', claim, scalar(`代码 · Code, ${standard}: some words.`))).toBe(value)
  })

  test('has each code once, and is complete', () => {
    expect(new Set(scalar('GB/T 3304').values()).size).toBe(58)
    expect(new Set(scalar('GB/T 2261.1').values()).size).toBe(4)
    expect(new Set(scalar('GB/T 2261.2').values()).size).toBe(8)
  })

  test('is none where it names none, or one that is not kept', () => {
    expect(scalar('行政区划代码 · Division code, GB/T 2260.').size).toBe(0)
    expect(scalar('文本 · Text').size).toBe(0)
    expect(labelsOf(enumOf('AccountStatus'))).toEqual(labels)
  })

  test('serves the composed schema', () => {
    const sdl = readFileSync(new URL('../../../schema/supergraph.graphql', import.meta.url), 'utf8')
    const city = buildSchema(sdl, { assumeValid: true, assumeValidSDL: true })
    const claimed = (type: string, claim: string) => {
      const found = city.getType(type)
      if (!found) throw new Error(`${type} is not in the schema`)
      return canonicalClaim('CODE', claim, labelsOf(found))
    }
    expect(claimed('SexCode', '女')).toBe('2')
    expect(claimed('MaritalStatusCode', '离婚')).toBe('40')
    expect(claimed('EthnicityCode', '汉族')).toBe('01')
    expect(claimed('IdDocumentType', '护照')).toBe('PASSPORT')
    expect(claimed('HousingFundAccountStatus', '封存')).toBe('SEALED')
  })
})
