import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { z } from 'zod'
import type { ScanResult } from './scan.ts'

const RECORD = z.looseObject({ kind: z.literal('record'), prev: z.string(), hash: z.string() })

/**
 * Holds every audit record that a run wrote against the JSON Schema of the record: a member that the specification does
 * not have is a place for a value. Lines that their own hash does not prove are tests' forgeries, and are passed over.
 *
 * @returns null where the tree has no such schema, as in a tree without a gateway
 */
export async function checkRecords(root: string, testRoot: string): Promise<ScanResult | null> {
  const file = path.join(root, 'schema', 'audit-record.schema.json')
  if (!existsSync(file)) return null
  const schema: unknown = JSON.parse(await readFile(file, 'utf8'))
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true })
  const fits = ajv.compile(z.looseObject({}).parse(schema))
  const lines: string[] = []
  let records = 0
  for (const name of (await readdir(testRoot, { recursive: true })).filter((one) => one.endsWith('.ndjson'))) {
    const text = await readFile(path.join(testRoot, name), 'utf8').catch(() => '')
    for (const [at, line] of text.split('\n').entries()) {
      const record = provedRecord(line)
      if (record === null) continue
      records += 1
      if (!fits(record)) lines.push(`${name}:${at + 1}: ${ajv.errorsText(fits.errors)}`)
    }
  }
  return { passed: lines.length === 0, lines: [`${records} audit records`, ...lines.slice(0, 20)] }
}

/** The record of a line, where its hash proves it (docs/audit-record.md); null for anything else. */
function provedRecord(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.startsWith('{"v":') || !line.includes('"kind":"record"')) return null
  const record = parsed(line)
  if (record === null) return null
  const open = line.slice(0, line.lastIndexOf(',"hash":"'))
  const hash = createHash('sha256').update(`${record.prev}${open}}`).digest('hex')
  return hash === record.hash ? record : null
}

function parsed(line: string): z.output<typeof RECORD> | null {
  try {
    return RECORD.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}
