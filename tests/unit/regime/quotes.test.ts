import { describe, expect, test } from 'vitest'
import { checkQuotes } from '../../../gateway/regime/check-quotes.ts'
import { REGIMES, citationsOf } from '../../../gateway/regime/regime.ts'
import { copyOfSchema, faultsOf, placeOf, profileText, regulationOf, shipped } from './profiles.ts'

const FOLDER = copyOfSchema()
const ZHONGSHAN = profileText('zhongshan')

describe.each(REGIMES)('%s', (name) => {
  test('quotes words of the very clause that it cites, everywhere', () => {
    const regime = shipped(name)
    expect(checkQuotes(regime, regulationOf(name))).toEqual([])
    for (const { quote, path } of citationsOf(regime)) expect(quote, path.join('.')).toMatch(/\p{Script=Han}{2}/u)
  })

  test('would not get by with the words of a neighbour: no quote is in the whole of another regulation', () => {
    const others = REGIMES.filter((other) => other !== name)
    for (const other of others)
      expect(checkQuotes(shipped(name), regulationOf(other)).length).toBe(citationsOf(shipped(name)).length)
  })
})

describe('a quote that the regulation does not bear out', () => {
  test.each([
    [
      'altered by one character',
      ZHONGSHAN.replace("quote: '最少够用的政务数据'", "quote: '最多够用的政务数据'"),
      "'最多够用的政务数据'",
      'parameters.access.minimalFields.quote: these words are not in ZS-4.01(3)',
    ],
    [
      'of the neighbour paragraph',
      ZHONGSHAN.replace(
        "clause: ZS-4.07, quote: '通过政务大数据中心直接获取'",
        "clause: ZS-4.08, quote: '通过政务大数据中心直接获取'",
      ),
      "'通过政务大数据中心直接获取'",
      'parameters.access.unconditional.applicationNeeded.quote: these words are not in ZS-4.08',
    ],
    [
      'of a clause that the text does not have',
      ZHONGSHAN.replace("clause: ZS-4.10, quote: '数据提供部门", "clause: ZS-4.99, quote: '数据提供部门"),
      'ZS-4.99',
      'parameters.emergency.publicSafety.clause: ZS-4.99 is not in the regulation',
    ],
    [
      'in a further citation',
      ZHONGSHAN.replace(
        "[{ clause: ZS-1.11, quote: '网络安全的审计监督工作' }]",
        "[{ clause: ZS-1.10, quote: '财务的审计' }]",
      ),
      "'财务的审计'",
      'parameters.roles.supervisor.also.0.quote: these words are not in ZS-1.10',
    ],
  ])('%s, is told at its place', (_name, text, words, says) => {
    expect(text).not.toBe(ZHONGSHAN)
    expect(faultsOf(FOLDER, text)).toEqual([`zhongshan.yaml:${placeOf(text, words)}: ${says}`])
  })

  test('does not hide another: all are told, in the order of the file', () => {
    const text = ZHONGSHAN.replaceAll("'直接获取'", "'间接获取'").replace("quote: '使用人员'", "quote: '使用机关'")
    expect(faultsOf(FOLDER, text).map((line) => line.replace(/^.*parameters\./, ''))).toEqual([
      'access.unconditional.decisionDeadline.quote: these words are not in ZS-4.07',
      'access.unconditional.deliveryDeadline.quote: these words are not in ZS-4.07',
      'access.mode.also.0.quote: these words are not in ZS-4.07',
      'identity.endUserRequired.quote: these words are not in ZS-6.03',
    ])
  })

  test('the shipped profile, in the same folder, has none', () => {
    expect(faultsOf(FOLDER, ZHONGSHAN)).toEqual([])
  })
})
