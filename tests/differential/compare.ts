import type { GeneratorValue } from 'fast-check'
import fc from 'fast-check'
import { getOperationAST, parse, validate } from 'graphql'
import { getVariableValues } from 'graphql/execution/values.js'
import type { CompiledOperation } from '../../gateway/compile/compiled-operation.ts'
import type { View } from '../../gateway/grants/view.ts'
import type { Coordinate } from '../../gateway/vocabulary/coordinate.ts'
import { fragmentsOf, prepare, run as runCompiled } from '../kit/federation-ask.ts'
import type { Asked, Tamper } from '../kit/federation-ask.ts'
import { federate, viewWith } from '../kit/federation.ts'
import type { Federation, Verdict } from '../kit/federation.ts'
import { dataOf } from './data.ts'
import { askingOf } from './documents.ts'
import type { Asking } from './documents.ts'
import { interpret } from './interpreter.ts'
import type { PlainAnswer } from './interpreter.ts'
import { departmentsOf } from './departments.ts'
import type { Run } from './departments.ts'
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

export interface Comparison {
  readonly asked: Omit<Asked, 'normalised'>
  readonly plain: PlainAnswer
  readonly touched: ReadonlySet<string>
}

/** Answers both ways. Null where the document is not valid. */
export async function both(world: World, choices: Choices, fault: Fault = {}): Promise<Comparison | null> {
  const { federation, run, model } = world
  const { schema, generation } = federation
  const { text, variables } = choices.asking
  const document = parse(text)
  if (validate(schema, document).length > 0) return null
  const view = viewWith(federation, choices.verdicts)
  const { lookup, missing } = dataOf(model, choices.seed)
  Object.assign(run, { lookup, missing, touched: new Set<string>() })
  const prepared = prepare(schema, text, { variables })
  const own = await generation.compiledFor(fault.view?.(view) ?? view, prepared.normalised)
  const unrestricted = fault.compiled ? await generation.compiledFor(viewWith(federation), prepared.normalised) : own
  const compiled = fault.compiled?.(own, unrestricted) ?? own
  const asked = await runCompiled(
    federation,
    compiled,
    prepared.variables,
    fault.tamper ? { tamper: fault.tamper } : {},
  )
  const operation = getOperationAST(document)
  if (!operation) throw new Error('no operation')
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
  if (!coerced.coerced) throw new Error('the variables do not fit')
  const plain = interpret({
    schema,
    operation,
    fragments: fragmentsOf(document),
    variables: coerced.coerced,
    decisions: view.decisions,
    references: world.references,
    resolve: (of, name, given) => {
      if (name === 'id') return of.id
      const field = model.fields.find((one) => one.type === of.type && one.name === name)
      if (!field) throw new Error(`no ${of.type}.${name}`)
      return lookup(of, field, given)
    },
  })
  return { asked, plain, touched: run.touched }
}
