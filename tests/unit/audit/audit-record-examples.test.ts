import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { entryJson, recordHash, recordLine } from '../../../gateway/audit/line.ts'
import { GENESIS } from '../../../gateway/audit/line-types.ts'
import type { AuditRecord } from '../../../gateway/audit/record.ts'

/* The examples of docs/audit-record.md are records: the JSON Schema and the writer both say so. */

const ROOT = join(import.meta.dirname, '../../..')
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8')
const linesOf = (name: string): readonly string[] => read(name).trimEnd().split('\n')
const CURRENT = linesOf('schema/audit-record.examples.ndjson')
const FORMER = linesOf('schema/audit-record.examples-v1.ndjson')
const parsed = (line: string): AuditRecord => JSON.parse(line) as AuditRecord

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
const fits = ajv.compile(JSON.parse(read('schema/audit-record.schema.json')) as object)

/** What the version before did not have. */
const SINCE_2 = ['objects', 'neighbours', 'approvals', 'counted', 'exceeded'] as const

describe('the example records', () => {
  test.each([...CURRENT, ...FORMER].map((line) => [parsed(line).v, parsed(line).method, line]))(
    'version %i, %s: fits the JSON Schema, and its hash proves it',
    (_v, _method, line) => {
      expect(fits(parsed(line)), ajv.errorsText(fits.errors)).toBe(true)
      const { prev, hash } = parsed(line)
      expect(recordHash(prev, Buffer.from(line.slice(0, line.lastIndexOf(',"hash":'))))).toBe(hash)
    },
  )

  test('are written as the gateway writes them, byte by byte, each behind the one before', () => {
    let tip = { seq: 0, hash: GENESIS }
    for (const line of CURRENT) {
      const { v: _v, kind: _kind, chain, seq: _seq, prev: _prev, hash: _hash, ...entry } = parsed(line)
      const written = recordLine(chain, tip, entryJson(entry), 'SHA-256')
      expect(Buffer.from(written.bytes).toString('utf8')).toBe(`${line}\n`)
      tip = written.tip
    }
  })

  test('show a query, a verification, a refusal and a summary; and every member that version 2 added', () => {
    expect(CURRENT.map((line) => parsed(line).method)).toEqual(['query', 'verify', 'refused', 'refused', 'summary'])
    const members = new Set(CURRENT.flatMap((line) => Object.keys(parsed(line))))
    expect(SINCE_2.filter((name) => !members.has(name))).toEqual([])
    for (const line of FORMER) expect(SINCE_2.filter((name) => Object.hasOwn(parsed(line), name))).toEqual([])
  })

  test('stand in the page as they are', () => {
    const page = read('docs/audit-record.md')
    const [, shown = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? []
    expect(JSON.parse(shown)).toEqual(parsed(CURRENT[0] ?? ''))
  })

  test('every member of the JSON Schema is explained in the page', () => {
    const schema = JSON.parse(read('schema/audit-record.schema.json')) as {
      readonly properties: Readonly<Record<string, unknown>>
    }
    const page = read('docs/audit-record.md').split('## Files')[0] ?? ''
    const missing = Object.keys(schema.properties).filter((name) => !page.includes(`| \`${name}\``))
    expect(missing).toEqual([])
  })
})
