import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { isScalar, parseDocument, visit } from 'yaml'
import type { Node } from 'yaml'
import type { Amendments } from '../kit/amended-city.ts'
import type { GrantEvent } from '../../gateway/adapters/grant-events.ts'
import type { OfficerEvent } from '../../gateway/adapters/officer-events.ts'
import type { EmergencyEvent } from '../../gateway/grants/emergency-event.ts'
import type { AuditEmergency } from '../../gateway/audit/record.ts'
import type { Role } from '../../gateway/caller/roles.ts'

interface Text {
  readonly zh: string
  readonly en: string
}

/** Contents of registers, in the shape of city/registers. */
interface CaseRegisters extends Partial<
  Readonly<Record<'parties' | 'matters' | 'cases' | 'grants' | 'operations', readonly object[]>>
> {
  readonly revocations?: readonly Omit<GrantEvent, 'kind'>[]
  readonly suspensions?: readonly Omit<OfficerEvent, 'kind'>[]
  readonly emergencies?: readonly EmergencyEvent[]
}

/** What the regulations make of a request (schema/case.schema.json). */
export interface Want {
  readonly status: number
  readonly decisions?: Readonly<Record<string, string>>
  readonly data?: unknown
  readonly errors?: Readonly<Record<string, string>>
  /** Told only where a case wants it: the source's time and whether it is in time, or that sources differ. */
  readonly notes?: Readonly<Record<string, string>>
  readonly fetched: Readonly<Record<string, readonly string[]>>
  readonly record: {
    readonly method: string
    readonly grants: readonly string[]
    readonly approvers: readonly string[]
    readonly codes: readonly string[]
    readonly emergency?: AuditEmergency
    readonly aliases?: Readonly<Record<string, string>>
    readonly finding?: string
  }
}

/** What every case says of itself. */
export interface AnyCase {
  readonly id: string
  readonly title: Text
  readonly clauses: readonly string[]
  readonly regime: string
}

/** What somebody stands in: the registers and the catalogue that a request or an explanation meets. */
export interface Situation extends AnyCase {
  readonly caller: {
    readonly department: string
    readonly application: string
    readonly officer: string
    readonly roles: readonly Role[]
    readonly matter?: string
    readonly case?: string
    /** Header `x-emergency`. */
    readonly emergency?: string
  }
  /** ISO 8601 with offset; the usual time of the cases where it is absent. */
  readonly now?: string
  readonly registers?: CaseRegisters
  readonly catalogue?: Amendments
}

/** A request, and what becomes of it. */
export interface DecisionCase extends Situation {
  readonly headers?: Readonly<Record<string, string>>
  readonly operation: string | null
  readonly variables?: Readonly<Record<string, unknown>>
  readonly extensions?: Readonly<Record<string, unknown>>
  /** Departments whose system does not answer. */
  readonly down?: readonly string[]
  readonly want: Want
}

/** What an explanation says of one coordinate, in Chinese. */
export interface Explained {
  readonly decision: string
  readonly class: string
  readonly procedure?: string
  readonly whom?: readonly string[]
  readonly text?: string
}

/** A document, and how `gongxiang explain` and `Query.explain` explain it. */
export interface ExplainCase extends Situation {
  readonly explain: string
  readonly want: { readonly explained: Readonly<Record<string, Explained>> }
}

/** What departments register otherwise than the demonstration city, and what composition says of it. */
export interface ComposeCase extends AnyCase {
  readonly compose: true
  readonly catalogue: Amendments
  readonly want: { readonly faults: readonly string[] }
}

/** What came of a case of any kind. */
export type AnyWant = Want | ExplainCase['want'] | ComposeCase['want']

/** A file of cases by kind, with the registers and amendments of the file or its world put into each. */
export interface CaseFile {
  readonly name: string
  readonly scenario: string
  readonly title: Text
  readonly cases: readonly DecisionCase[]
  readonly explanations: readonly ExplainCase[]
  readonly compositions: readonly ComposeCase[]
}

/** A file as it stands on disk. */
interface Written extends Pick<Situation, 'registers' | 'catalogue'> {
  readonly scenario: string
  readonly title: Text
  readonly world?: string
  readonly cases: readonly (DecisionCase | ExplainCase | ComposeCase)[]
}

/** When a case is asked that names no time: no case may come out otherwise because it is run later. */
const USUAL_NOW = '2026-11-20T10:00:00+08:00'

/** When a case is asked, milliseconds since the Unix epoch. */
export function instantOf({ now = USUAL_NOW }: Pick<Situation, 'now'>): number {
  return Date.parse(now)
}

const FOLDER = import.meta.dirname
const SCHEMA = JSON.parse(readFileSync(new URL('../../schema/case.schema.json', import.meta.url), 'utf8')) as object

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).addSchema(SCHEMA, 'cases')

/** Checks the content of a case file, or of a world; what is wrong with it, one line each. */
export function faultsOf(content: unknown, of: 'cases' | 'world' = 'cases'): readonly string[] {
  // Compiled once each.
  const check = ajv.getSchema(of === 'cases' ? 'cases' : 'cases#/$defs/world')
  if (!check) throw new Error('schema/case.schema.json has no such part')
  void check(content)
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`)
}

/** Reads all case files. @throws Error where one breaks the schema */
export function readCaseFiles(): readonly CaseFile[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => {
      // Their shapes are checked as they are read.
      const file = readYaml(name, 'cases') as Written
      const world = file.world === undefined ? {} : (readYaml(join('worlds', `${file.world}.yaml`), 'world') as Written)
      return inTheirWorld(name, file, world)
    })
}

function readYaml(name: string, of: 'cases' | 'world'): unknown {
  const content: unknown = parseDocument(readFileSync(join(FOLDER, name), 'utf8'), { merge: true }).toJS()
  const faults = faultsOf(content, of)
  if (faults.length > 0) throw new Error([name, ...faults].join('\n'))
  return content
}

function inTheirWorld(name: string, file: Written, world: Pick<Situation, 'registers' | 'catalogue'>): CaseFile {
  const placed = <T extends Situation>(one: T): T => ({
    ...one,
    registers: one.registers ?? file.registers ?? world.registers ?? {},
    catalogue: one.catalogue ?? file.catalogue ?? world.catalogue ?? {},
  })
  const { scenario, title, cases } = file
  return {
    name,
    scenario,
    title,
    cases: cases.flatMap((one) => ('operation' in one ? [placed(one)] : [])),
    explanations: cases.flatMap((one) => ('explain' in one ? [placed(one)] : [])),
    compositions: cases.flatMap((one) => ('compose' in one ? [one] : [])),
  }
}

/** Writes what came out in the place of what was wanted; comments and the order of the file stay. */
export function rewriteWants(name: string, wants: ReadonlyMap<string, AnyWant>): void {
  const path = join(FOLDER, name)
  const document = parseDocument(readFileSync(path, 'utf8'), { merge: true })
  const file = document.toJS() as { readonly cases: readonly { readonly id: string }[] }
  for (const [index, { id }] of file.cases.entries()) {
    const want = wants.get(id)
    if (want) document.setIn(['cases', index, 'want'], compact(document.createNode(want)))
  }
  writeFileSync(path, document.toString({ lineWidth: 120, flowCollectionPadding: false, singleQuote: true }))
}

/** Lists of words stand on one line; sentences do not. */
function compact<T extends Node>(node: T): T {
  visit(node, {
    Seq(_key, sequence) {
      if (sequence.items.every((item) => isScalar(item) && String(item.value).length < SENTENCE)) sequence.flow = true
    },
    Map(_key, map) {
      if (map.items.length === 0) map.flow = true
    },
  })
  return node
}

const SENTENCE = 60
