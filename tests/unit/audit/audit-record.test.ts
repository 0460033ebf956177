import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import * as shapes from '../../../gateway/audit/line-shapes.ts'
import { entryJson } from '../../../gateway/audit/line.ts'
import type { AuditEntry } from '../../../gateway/audit/record.ts'
import { arrange, misfit } from '../../../gateway/audit/shape.ts'
import type { ObjectShape, Shape } from '../../../gateway/audit/shape.ts'
import { appendAll, openTestLog, receipts, recordsIn, sampleEntry } from '../../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../../kit/faulty-audit-files.ts'

interface ObjectSchema {
  readonly $id?: string
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly required: readonly string[]
  readonly additionalProperties: boolean
}
interface RecordSchema extends ObjectSchema {
  readonly $defs: Readonly<Record<string, ObjectSchema>>
}

const { RECORD_SHAPE } = shapes
/** The other lines by the name of their definition. */
const LINES = {
  header: shapes.HEADER_SHAPE,
  headerV1: shapes.HEADER_SHAPE_V1,
  seal: shapes.SEAL_SHAPE,
  sealV1: shapes.SEAL_SHAPE_V1,
  head: shapes.HEAD_SHAPE,
  checkpoint: shapes.CHECKPOINT_SHAPE,
  removal: shapes.REMOVAL_SHAPE,
  hold: shapes.HOLD_SHAPE,
  release: shapes.RELEASE_SHAPE,
}

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
let schema: RecordSchema

beforeAll(async () => {
  const file = join(import.meta.dirname, '../../../schema/audit-record.schema.json')
  schema = JSON.parse(await readFile(file, 'utf8')) as RecordSchema
  ajv.addSchema(schema, 'audit')
})

function valid(part: string, value: unknown): boolean {
  return ajv.validate(`audit${part}`, value)
}

/** The order, the optional members and the nesting of a shape against its schema. */
function expectSame(shape: ObjectShape, object: ObjectSchema, path: string): void {
  expect(Object.keys(object.properties), path).toEqual(Object.keys(shape.members))
  expect(object.required, path).toEqual(Object.keys(shape.members).filter((name) => !shape.optional.includes(name)))
  expect(object.additionalProperties, path).toBe(false)
  for (const [name, inner] of innerObjects(shape)) {
    const target = /#\/\$defs\/(\w+)/.exec(JSON.stringify(object.properties[name]))?.[1] ?? ''
    const definition = schema.$defs[target]
    if (definition === undefined) throw new Error(`${path}.${name} has no definition in the schema`)
    expectSame(inner, definition, `${path}.${name}`)
  }
}

function innerObjects(shape: ObjectShape): readonly (readonly [string, ObjectShape])[] {
  return Object.entries(shape.members).flatMap(([name, member]) => {
    const inner = objectIn(member)
    return inner === null ? [] : [[name, inner] as const]
  })
}

function objectIn(shape: Shape): ObjectShape | null {
  if (shape.kind === 'object') return shape
  return shape.kind === 'list' || shape.kind === 'nullable' ? objectIn(shape.of) : null
}

describe('the specification of a record', () => {
  it('is the same in the JSON Schema and in the gateway, member by member', () => {
    expectSame(RECORD_SHAPE, schema, 'record')
    for (const [name, shape] of Object.entries(LINES)) {
      const definition = schema.$defs[name]
      expect(definition).toBeDefined()
      if (definition !== undefined) expectSame(shape, definition, name)
    }
  })

  it('holds for every line that a log writes', async () => {
    const files = new FaultyAuditFiles()
    const log = await openTestLog(files)
    for (const wave of [0, 1, 2]) await appendAll(log, receipts(`r${wave}`, 9))
    await log.close()
    const kinds = new Set<string>()
    for (const name of await files.list()) {
      for (const text of Buffer.from(await files.read(name))
        .toString('utf8')
        .trimEnd()
        .split('\n')) {
        const line = JSON.parse(text) as { kind: string }
        kinds.add(line.kind)
        expect(valid(line.kind === 'record' ? '' : `#/$defs/${line.kind}`, line), `${text} ${ajv.errorsText()}`).toBe(
          true,
        )
      }
    }
    expect(kinds).toEqual(new Set(['header', 'record', 'seal', 'checkpoint']))
  })

  it('is judged alike by both, whatever single member is broken', async () => {
    const files = new FaultyAuditFiles()
    const log = await openTestLog(files)
    await log.append(await log.reserve(), sampleEntry('one', { count: 2 }))
    await log.close()
    const record: unknown = (await recordsIn(files))[0]
    const junk = fc.constantFrom<unknown>(
      undefined,
      null,
      -1,
      1.5,
      '',
      'x',
      '2026-11-23T10:00:00+08:00',
      true,
      [],
      {},
      ['x'],
      'f'.repeat(64),
    )
    const paths = pathsOf(record, [])
    fc.assert(
      fc.property(fc.constantFrom(...paths), junk, fc.boolean(), (path, value, added) => {
        const broken = arrange(RECORD_SHAPE, replaced(record, added ? [...path, 'extra'] : path, value))
        const text: unknown = JSON.parse(JSON.stringify(broken))
        expect(misfit(RECORD_SHAPE, text) === null, `${path.join('.')} = ${JSON.stringify(value)}`).toBe(
          valid('', text),
        )
      }),
      { numRuns: 3_000 },
    )
  })
})

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inner = Object.entries(value).flatMap(([name, member]) =>
    pathsOf(member, [...path, Array.isArray(value) ? Number(name) : name]),
  )
  return path.length === 0 ? inner : [path, ...inner]
}

function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return typeof step === 'number' ? value.with(step, replaced(value[step], rest, by)) : value
  const members: Readonly<Record<string, unknown>> = { ...value }
  return { ...members, [step]: replaced(members[step], rest, by) }
}

describe('the canonical bytes of an entry', () => {
  it('do not depend on the order in which members were set', () => {
    const entry = sampleEntry('one')
    const turned = Object.fromEntries(Object.entries(entry).toReversed()) as unknown as AuditEntry
    expect(entryJson(turned)).toBe(entryJson(entry))
  })

  it('leave no room for a member that the specification lacks: a value cannot slip in', () => {
    const entry = sampleEntry('one')
    const datum = { coordinate: 'Person.name', decision: 'ALLOW', value: 'Zhang' } as const
    expect(() => entryJson({ ...entry, data: [datum] })).toThrow('data[0].value')
    expect(() => entryJson({ ...entry, extra: 1 } as AuditEntry)).toThrow('extra')
    expect(() => entryJson({ ...entry, milliseconds: Number.NaN })).toThrow('milliseconds')
  })
})
