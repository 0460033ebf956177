import type { GeneratorValue } from 'fast-check'
import fc from 'fast-check'
import { getOperationAST, parse, validate } from 'graphql'
import type { DocumentNode, OperationDefinitionNode } from 'graphql'
import { getVariableValues } from 'graphql/execution/values.js'
import type { CompiledOperation } from '../../gateway/compile/compiled-operation.ts'
import type { NormalisedOperation } from '../../gateway/compile/normalise.ts'
import type { View } from '../../gateway/grants/view.ts'
import type { Coordinate } from '../../gateway/vocabulary/coordinate.ts'
import { fragmentsOf, prepare, run as runCompiled } from '../kit/federation-ask.ts'
import type { Asked, Tamper } from '../kit/federation-ask.ts'
import { federate, viewWith } from '../kit/federation.ts'
import type { Federation, Verdict } from '../kit/federation.ts'
import { dataOf } from './data.ts'
import { departmentsOf } from './departments.ts'
import type { Run } from './departments.ts'
import { askingOf } from './documents.ts'
import type { Asking } from './documents.ts'
import { interpret } from './interpreter.ts'
import type { PlainAnswer } from './interpreter.ts'
import type { Told } from './disclosure.ts'
import type { Reading } from './collect.ts'
import { modelOf } from './model.ts'
import type { Draft0, Model } from './model.ts'

/** A schema with its departments; runs follow each other on it. */
export interface World {
  readonly model: Model
  readonly federation: Federation
  readonly run: Run
  readonly references: ReadonlySet<Coordinate>
}

/** A fault to plant: what the compiler is told, what it hands on, what a department answers. */
export interface Fault {
  readonly view?: (view: View) => View
  readonly compiled?: (compiled: CompiledOperation, unrestricted: CompiledOperation) => CompiledOperation
  readonly tamper?: Tamper
}

export function worldOf(draft: Draft0): World {
  const model = modelOf(draft)
  const run: Run = { lookup: () => null, missing: () => false, touched: new Set() }
  const federation = federate(departmentsOf(model, run))
  const { fields } = federation.generation
  const references = new Set([...fields.values()].flatMap((one) => (one.follows === null ? [] : [one.coordinate])))
  return { model, federation, run, references }
}

const VERDICTS: readonly Verdict[] = ['ALLOW', 'ALLOW', 'ALLOW', 'ALLOW', 'DENY', 'VERIFY_ONLY', 'M-ALL', 'M-NULL']

/** What a run needs beside the world: small, printable, and the same again for the same choices. */
export interface Choices {
  readonly asking: Asking
  readonly verdicts: Readonly<Record<Coordinate, Verdict>>
  readonly seed: number
}

export function choicesOf(g: GeneratorValue, { model, federation }: World): Choices {
  const lenient = g(fc.boolean)
  const verdicts: Record<Coordinate, Verdict> = {}
  for (const at of federation.generation.fields.keys()) {
    const chosen = VERDICTS[g(fc.nat, VERDICTS.length - 1)] ?? 'DENY'
    verdicts[at] = lenient && at.startsWith('Query.') ? 'ALLOW' : chosen
  }
  return { asking: askingOf(g, model), verdicts, seed: g(fc.nat) }
}

/** One question, read: what the gateway is handed, and what the interpreter reads. */
export interface Posed {
  readonly operation: OperationDefinitionNode
  readonly reading: Reading
  readonly normalised: NormalisedOperation
  /** Values of the normalised operation's variables. */
  readonly variables: Readonly<Record<string, unknown>>
}

/** Reads a question, and lays out the data of the run. Null where the document is not valid. */
export function pose(world: World, { text, variables }: Asking, seed: number): Posed | null {
  const { schema } = world.federation
  const document = parse(text)
  if (validate(schema, document).length > 0) return null
  Object.assign(world.run, { ...dataOf(world.model, seed), touched: new Set<string>() })
  const prepared = prepare(schema, text, { variables })
  return { ...prepared, ...readingOf(world, document, variables) }
}

function readingOf(
  { federation: { schema } }: World,
  document: DocumentNode,
  variables: Asking['variables'],
): Pick<Posed, 'operation' | 'reading'> {
  const operation = getOperationAST(document)
  if (!operation) throw new Error('no operation')
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
  if (!coerced.coerced) throw new Error('the variables do not fit')
  return { operation, reading: { schema, fragments: fragmentsOf(document), variables: coerced.coerced } }
}

/** What the interpreter answers under some decisions. */
export function plainAnswer(
  { model, references, run }: World,
  { operation, reading }: Posed,
  decisions: ReadonlyMap<Coordinate, Told>,
): PlainAnswer {
  const fieldAt = (type: string, name: string) => model.fields.find((one) => one.type === type && one.name === name)
  return interpret({
    ...reading,
    operation,
    decisions,
    references,
    alsoNeeded: (at) => {
      const [type = '', name = ''] = at.split('.')
      if (name === 'extra') return ['Face.extra']
      return fieldAt(type, name)?.kind === 'computed' ? [`${type}.label`] : []
    },
    resolve: (of, name, given) => {
      if (name === 'id') return of.id
      const field = fieldAt(of.type, name)
      if (!field) throw new Error(`no ${of.type}.${name}`)
      return run.lookup(of, field, given)
    },
  })
}

/** Compiles for a view, with a fault where one is planted. */
export async function compileFor(
  { federation }: World,
  { normalised }: Posed,
  view: View,
  fault: Fault,
): Promise<CompiledOperation> {
  const { generation } = federation
  const own = await generation.compiledFor(view, normalised)
  if (!fault.compiled) return own
  return fault.compiled(own, await generation.compiledFor(viewWith(federation), normalised))
}

/** Runs what was compiled, over the departments. */
export function runFor(world: World, { variables }: Posed, compiled: CompiledOperation, { tamper }: Fault) {
  return runCompiled(world.federation, compiled, variables, tamper ? { tamper } : {})
}

export interface Comparison {
  readonly asked: Omit<Asked, 'normalised'>
  readonly plain: PlainAnswer
  readonly touched: ReadonlySet<string>
}

/** Answers both ways under random decisions. Null where the document is not valid. */
export async function both(world: World, choices: Choices, fault: Fault = {}): Promise<Comparison | null> {
  const posed = pose(world, choices.asking, choices.seed)
  if (!posed) return null
  const view = viewWith(world.federation, choices.verdicts)
  const compiled = await compileFor(world, posed, fault.view?.(view) ?? view, fault)
  const asked = await runFor(world, posed, compiled, fault)
  return { asked, plain: plainAnswer(world, posed, view.decisions), touched: world.run.touched }
}

/** Where the two answers differ, or null. */
export function difference({ asked, plain, touched }: Comparison): string | null {
  const data = JSON.stringify(sorted(asked.data))
  const wanted = JSON.stringify(sorted(JSON.parse(JSON.stringify(plain.data))))
  if (data !== wanted) return `data\n${data}\nwanted\n${wanted}`
  const refused = asked.errors.map(({ extensions }) => extensions.coordinate ?? extensions.code).toSorted()
  const expected = [...plain.refused].toSorted()
  if (refused.join() !== expected.join()) return `refused ${refused.join()}\nwanted ${expected.join()}`
  const needless = [...touched].filter((at) => !plain.needed.has(at as Coordinate))
  return needless.length > 0 ? `a department was asked for ${needless.join()}, which is refused or not needed` : null
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => [key, sorted(one)])
}
