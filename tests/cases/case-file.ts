import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { isScalar, parseDocument, visit } from 'yaml'
import type { Node } from 'yaml'
import type { Amendments } from '../kit/amended-city.ts'
import type { Role } from '../../gateway/caller/roles.ts'

interface Text {
  readonly zh: string
  readonly en: string
}

/** Contents of registers, in the shape of city/registers. */
type CaseRegisters = Partial<Readonly<Record<'parties' | 'matters' | 'cases' | 'grants', readonly object[]>>>

/** What the regulations make of a request (schema/case.schema.json). */
export interface Want {
  readonly status: number
  readonly decisions?: Readonly<Record<string, string>>
  readonly data?: unknown
  readonly errors?: Readonly<Record<string, string>>
  readonly fetched: Readonly<Record<string, readonly string[]>>
  readonly record: {
    readonly method: string
    readonly grants: readonly string[]
    readonly approvers: readonly string[]
    readonly codes: readonly string[]
    readonly aliases?: Readonly<Record<string, string>>
  }
}

export interface DecisionCase {
  readonly id: string
  readonly title: Text
  readonly clauses: readonly string[]
  readonly regime: string
  readonly caller: {
    readonly department: string
    readonly application: string
    readonly officer: string
    readonly roles: readonly Role[]
    readonly matter?: string
    readonly case?: string
  }
  readonly registers?: CaseRegisters
  readonly catalogue?: Amendments
  readonly headers?: Readonly<Record<string, string>>
  readonly operation: string | null
  readonly variables?: Readonly<Record<string, unknown>>
  readonly extensions?: Readonly<Record<string, unknown>>
  readonly want: Want
}

/** A file of cases, with the registers and amendments of the file put into each case. */
export interface CaseFile {
  readonly name: string
  readonly scenario: string
  readonly title: Text
  readonly cases: readonly DecisionCase[]
}

const FOLDER = import.meta.dirname
const SCHEMA = new URL('../../schema/case.schema.json', import.meta.url)

/** Checks the content of a case file; what is wrong with it, one line each. */
export function faultsOf(content: unknown): readonly string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
  const check = ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object)
  check(content)
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`)
}

/** Reads all case files. @throws Error where one breaks the schema */
export function readCaseFiles(): readonly CaseFile[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => {
      const content: unknown = parseDocument(readFileSync(join(FOLDER, name), 'utf8'), { merge: true }).toJS()
      const faults = faultsOf(content)
      if (faults.length > 0) throw new Error([name, ...faults].join('\n'))
      // Its shape was just checked.
      const file = content as CaseFile & Pick<DecisionCase, 'registers' | 'catalogue'>
      const cases = file.cases.map((one) => ({
        ...one,
        registers: one.registers ?? file.registers ?? {},
        catalogue: one.catalogue ?? file.catalogue ?? {},
      }))
      return { ...file, name, cases }
    })
}

/** Writes what came out in the place of what was wanted; comments and the order of the file stay. */
export function rewriteWants(name: string, wants: ReadonlyMap<string, Want>): void {
  const path = join(FOLDER, name)
  const document = parseDocument(readFileSync(path, 'utf8'), { merge: true })
  const file = document.toJS() as { readonly cases: readonly { readonly id: string }[] }
  for (const [index, { id }] of file.cases.entries()) {
    const want = wants.get(id)
    if (want) document.setIn(['cases', index, 'want'], compact(document.createNode(want)))
  }
  writeFileSync(path, document.toString({ lineWidth: 120, flowCollectionPadding: false, singleQuote: true }))
}

/** Lists of words stand on one line. */
function compact<T extends Node>(node: T): T {
  visit(node, {
    Seq(_key, sequence) {
      if (sequence.items.every((item) => isScalar(item))) sequence.flow = true
    },
    Map(_key, map) {
      if (map.items.length === 0) map.flow = true
    },
  })
  return node
}
