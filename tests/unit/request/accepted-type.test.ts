import { expect, test } from 'vitest'
import { acceptedType } from '../../../gateway/request/accepted-type.ts'
import { languageOf } from '../../../gateway/request/language.ts'

const JSON_TYPE = 'application/json'
const RESPONSE = 'application/graphql-response+json'

test.each([
  [undefined, JSON_TYPE],
  ['', JSON_TYPE],
  ['*/*', JSON_TYPE],
  ['application/*', JSON_TYPE],
  [JSON_TYPE, JSON_TYPE],
  [RESPONSE, RESPONSE],
  [`${RESPONSE}, ${JSON_TYPE}`, JSON_TYPE],
  [`${RESPONSE}, ${JSON_TYPE};q=0.9`, RESPONSE],
  [`${JSON_TYPE};q=0.5, ${RESPONSE};q=0.4`, JSON_TYPE],
  [`${JSON_TYPE};q=0, */*`, RESPONSE],
  ['text/html, application/xhtml+xml, */*;q=0.8', JSON_TYPE],
  ['APPLICATION/JSON; charset=utf-8', JSON_TYPE],
  ['text/html', null],
  ['*/*;q=0', null],
  [`${JSON_TYPE};q=0`, null],
  [`${JSON_TYPE};q=much`, null],
  [`${JSON_TYPE};q=-1`, null],
  ['nonsense', null],
])('Accept %j gives %j', (header, type) => {
  expect(acceptedType(header)).toBe(type)
})

test.each([
  [undefined, 'zh-CN'],
  ['', 'zh-CN'],
  ['en', 'en'],
  ['EN-us', 'en'],
  ['english', 'zh-CN'],
  ['en;q=0', 'zh-CN'],
  ['en;q=0.5, zh;q=0.5', 'zh-CN'],
  ['de, en;q=0.1', 'en'],
  ['zh-Hant;q=0.2, en;q=0.3', 'en'],
])('Accept-Language %j gives %s', (header, language) => {
  expect(languageOf(header)).toBe(language)
})
