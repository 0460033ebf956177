import { describe, expect, test } from 'vitest'
import { guardEnvelope, guardXml, withoutDeclaration } from '../../../subgraphs/kit/http/soap-guard.ts'

const envelope = (inside: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inside}</s:Body></s:Envelope>`

describe('what no honest reply has', () => {
  const LAUGHS = `<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>${envelope('&b;')}`
  const refused: Readonly<Record<string, string>> = {
    'entities that grow': LAUGHS,
    'an entity that is a file': `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${envelope('<r>&e;</r>')}`,
    'a document type elsewhere': `<!DOCTYPE x SYSTEM "http://evil.example/x.dtd">${envelope('')}`,
    'a document type after a comment': `<!-- --><!doctype x>${envelope('')}`,
    'an entity in the body': envelope('<!ENTITY a "b">'),
    'a reference called __proto__': envelope('<r id="__proto__">1</r>'),
    'a reference to __proto__': envelope('<r href="#__proto__"/>'),
    'a reference called as what objects have': envelope("<r id = 'constructor'>1</r>"),
    'a reference written in entities': envelope('<r id="&#95;_proto__">1</r>'),
    'a page': '<html><body/></html>',
    nothing: '',
    'an envelope without a body': envelope('').replace(/<s:Body>.*<\/s:Body>/, ''),
    'an empty body': envelope(' <!-- nothing --> '),
    'comments without end': `${'<!---->'.repeat(20_000)}x`,
    'a comment that does not end': '<!-- ',
    'a text before the envelope': `x${envelope('')}`,
  }
  test.each(Object.entries(refused))('is %s', (_name, xml) => {
    expect(() => guardEnvelope(xml)).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }))
  })

  test('is more tags than rows could have', () => {
    expect(() => guardXml('<a/>'.repeat(500_001))).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }))
    expect(() => guardXml('<a/>'.repeat(100))).not.toThrow()
  })
})

describe('what old systems do write', () => {
  test.each([
    envelope('<r>1</r>'),
    `<!-- served by 3 -->\n${envelope('<r><![CDATA[a < b]]></r>')}`,
    envelope('<r href="#id1"/><multiRef id="id1">x</multiRef>'),
    '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><r/></Body></Envelope>',
  ])('passes: %#', (xml) => {
    expect(() => guardEnvelope(xml)).not.toThrow()
  })

  test('loses its declaration, whose character set is over', () => {
    expect(withoutDeclaration('\uFEFF<?xml version="1.0" encoding="GBK"?>\n<a/>').trim()).toBe('<a/>')
    expect(withoutDeclaration('<a/>')).toBe('<a/>')
  })
})
