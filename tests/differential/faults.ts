import type { CompiledOperation, ProjectedField, Projection, Step } from '../../gateway/compile/compiled-operation.ts'
import type { View } from '../../gateway/grants/view.ts'
import type { Tamper } from '../kit/federation-ask.ts'
import { decision } from '../kit/federation.ts'
import type { Fault } from './compare.ts'

/** A fault, and what the comparison must say of it. */
export interface PlantedFault extends Fault {
  readonly found: RegExp
}

/** Faults that the comparison must find, each planted from outside of the product. */
export const FAULTS: Readonly<Record<string, PlantedFault>> = {
  'one refusal turned into a permission': { view: flipOne, found: /Error: (refused |data\n)/ },
  'existence told though nothing below it is': { view: tellRoots, found: /Error: data\n/ },
  'a masked field copied': { compiled: (own) => changeSteps(own, copyMasked), found: /Error: data\n/ },
  'a refused field masked instead of left out': {
    compiled: fillIn,
    found: /Error: (data\n|a department was asked for )/,
  },
  'a plan that still asks for what is refused': {
    compiled: (own, all) => ({ ...own, plan: all.plan }),
    found: /Error: a department was asked for /,
  },
  'entities merged by a wrong index': { tamper: rotateEntities, found: /Error: data\n/ },
  'a condition forgotten in the answer': {
    compiled: (own) => changeFields(own, unconditional),
    found: /Error: data\n/,
  },
  'a refusal that is not reported': {
    compiled: (own) => ({ ...own, uses: own.uses.slice(1) }),
    found: /Error: refused /,
  },
}

function flipOne(view: View): View {
  const refused = [...view.decisions].find(([, { kind }]) => kind === 'DENY' || kind === 'VERIFY_ONLY')
  if (!refused) return view
  return { ...view, id: `${view.id} flipped`, decisions: new Map([...view.decisions, [refused[0], decision('ALLOW')]]) }
}

/** As if every record at the root existed openly. */
function tellRoots(view: View): View {
  const told = [...view.decisions].map(([at, one]) => [at, at.startsWith('Query.') ? decision('ALLOW') : one] as const)
  return { ...view, id: `${view.id} told`, decisions: new Map(told) }
}

function rotateEntities(reply: Parameters<Tamper>[0]): ReturnType<Tamper> {
  const data = reply.data as { readonly _entities?: readonly unknown[] } | null | undefined
  const [first, ...rest] = data?._entities ?? []
  return rest.length === 0 ? reply : { ...reply, data: { _entities: [...rest, first] } }
}

export function changeFields(
  own: CompiledOperation,
  change: (field: ProjectedField) => ProjectedField,
): CompiledOperation {
  return { ...own, projection: changeProjection(own.projection, change) }
}

export function changeSteps(own: CompiledOperation, change: (step: Step) => Step): CompiledOperation {
  return changeFields(own, (field) => ({ ...field, step: change(field.step) }))
}

function changeProjection(projection: Projection, change: (field: ProjectedField) => ProjectedField): Projection {
  const deep = (field: ProjectedField): ProjectedField => {
    const { step } = field
    if (step.kind !== 'object') return change(field)
    return change({ ...field, step: { ...step, selection: changeProjection(step.selection, change) } })
  }
  return { ...projection, fields: new Map([...projection.fields].map(([type, fields]) => [type, fields.map(deep)])) }
}

function copyMasked(step: Step): Step {
  return step.kind === 'mask' ? { kind: 'copy' } : step
}

export function unconditional(field: ProjectedField): ProjectedField {
  return { ...field, when: null }
}

function fillIn(own: CompiledOperation, all: CompiledOperation): CompiledOperation {
  const changed = changeSteps(own, (step) => (step.kind === 'null' ? { kind: 'mask', rule: 'M-ALL' } : step))
  return { ...changed, plan: all.plan }
}
