import type { CompiledOperation, ProjectedField, Step } from '../../gateway/compile/compiled-operation.ts'
import type { FieldEntry } from '../../gateway/catalog/catalog.ts'
import type { Grant } from '../../gateway/grants/grant.ts'
import type { Matter } from '../../gateway/grants/registers.ts'
import type { MaskRule } from '../../gateway/vocabulary/decision.ts'
import { changeFields, changeSteps, unconditional } from './faults.ts'
import type { LawFault } from './law-compare.ts'
import type { Registers } from './registers.ts'

/** A fault, and what the comparison must say of it. */
export interface PlantedLawFault extends LawFault {
  readonly found: RegExp
}

/** A gateway that reads instants wrongly also keeps its views too long. */
const DECIDED = /Error: (decided |outlived)/
const DATA = /Error: data\n/

/** Gateways that are blind to one sentence of the law each: they are told registers in which it makes no difference. */
const DECISIONS: Readonly<Record<string, (registers: Registers) => Registers>> = {
  'approvals ignored': eachGrant((one) => ({ ...one, approvals: everybody(one) })),
  'the agreement ignored': eachGrant((one) => ({ ...one, agreement: 'XY-0' })),
  'the scope ignored': eachField((one) => ({ ...one, scope: null })),
  'a second added to every term': eachGrant((one) => ({ ...one, validUntil: one.validUntil + 1_000 })),
  'a millisecond added to every term': eachGrant((one) => ({ ...one, validUntil: one.validUntil + 1 })),
  'revocation ignored': eachGrant((one) => ({ ...one, revokedAt: null })),
  'grants of one matter used for all': eachGrant((one) => ({ ...one, matters: ['M1', 'M2', 'M3', 'M4'] })),
  'grants of one application used by all': eachGrant((one) => ({ ...one, applications: null })),
  'the matter of another department accepted': (registers) => {
    const department = registers.caller.actingFor?.department ?? registers.caller.department
    return eachMatter((one) => ({ ...one, department }))(registers)
  },
  'the case ignored': (registers) => ({
    ...eachMatter((one) => ({ ...one, caseRequired: false }))(registers),
    caller: { ...registers.caller, case: null },
  }),
  'NOT_SHARED opened by a grant': eachField((one) =>
    one.class === 'NOT_SHARED' ? { ...one, class: 'CONDITIONAL' } : one,
  ),
  'the minimal set ignored': (registers) =>
    eachMatter((one) => ({ ...one, fields: new Map([...registers.fields.keys()].map((at) => [at, 'READ'])) }))(
      registers,
    ),
  'the use of the matter ignored': eachMatter((one) => ({
    ...one,
    fields: new Map([...one.fields.keys()].map((at) => [at, 'READ'])),
  })),
  'the own data rule widened': (registers) => {
    const department = registers.caller.actingFor?.department ?? registers.caller.department
    const own = (one: FieldEntry): FieldEntry =>
      one.providers.includes(department) ? { ...one, providers: [department] } : one
    return eachField(own)(registers)
  },
  'participation by reference ignored': (registers) => ({
    ...registers,
    caller: { ...registers.caller, party: 'DEPARTMENT' },
  }),
  'a delegate let into every matter': ({ caller, ...registers }) => ({
    ...registers,
    caller: { ...caller, actingFor: caller.actingFor && { ...caller.actingFor, matters: ['M1', 'M2', 'M3', 'M4'] } },
  }),
  'what must be masked shown clear': eachField((one) => (one.subMode === 'MASKED' ? { ...one, subMode: null } : one)),
  'what is for comparison shown': eachField((one) => ({
    ...one,
    verifyOnly: false,
    subMode: one.subMode === 'COMPARE' ? null : one.subMode,
  })),
  'a mask that a law forbids': eachField((one) => ({ ...one, maskApproval: one.maskApproval ?? (one.mask && 'ZJ-2') })),
  'parameter control ignored': (registers) => ({
    ...registers,
    resources: new Map([...registers.resources].map(([type, one]) => [type, { ...one, parameterControl: false }])),
  }),
  'delegated authorisation ignored': (registers) => ({
    ...registers,
    resources: new Map([...registers.resources].map(([type, one]) => [type, { ...one, authorisationMode: 'DIRECT' }])),
  }),
  'what a value contains ignored': eachField((one) => ({ ...one, embeds: [] })),
  'what a reference follows ignored': eachField((one) => ({ ...one, follows: null })),
  'what a value is computed from ignored': eachField((one) => ({ ...one, requires: [] })),
  'the other types of an interface ignored': eachField((one) => ({ ...one, onInterface: false })),
  'what stands beside a masked number ignored': eachField((one) => ({ ...one, quasiIdentifier: null })),
}

/** Faults beyond the decisions: masks, projection, arguments, the life of a view. */
const OTHERS: Readonly<Record<string, PlantedLawFault>> = {
  'three digits of a number for two': { compiled: (own) => changeRule(own, 'M-IDNO-2', 'M-IDNO'), found: DATA },
  'a name under the rule of a date': { compiled: (own) => changeRule(own, 'M-NAME', 'M-DATE'), found: DATA },
  'a certificate number copied': { compiled: (own) => changeSteps(own, copied), found: DATA },
  'a condition forgotten in the answer': { compiled: (own) => changeFields(own, unconditional), found: DATA },
  'objects of a hidden type shown': { compiled: (own) => changeFields(own, everyType), found: DATA },
  'a refusal that is not reported': {
    compiled: (own) => ({ ...own, uses: own.uses.filter(({ decision }) => decision.kind !== 'DENY') }),
    found: /Error: refused /,
  },
  'a plan that still asks for what is refused': {
    compiled: (own, all) => ({ ...own, plan: all.plan }),
    found: /Error: a department was asked for /,
  },
  'filters by what may not be read let through': {
    rejection: (found) => (found?.code === 'FILTER_NOT_ALLOWED' ? null : found),
    found: /Error: answered, wanted .*FILTER_NOT_ALLOWED/,
  },
  'arguments outside of the grant let through': {
    rejection: (found) => (found?.code === 'PARAMETER_OUT_OF_GRANT' ? null : found),
    found: /Error: answered, wanted .*PARAMETER_OUT_OF_GRANT/,
  },
  'other values permitted': {
    registers: eachGrant((one) => ({
      ...one,
      parameters: new Map([...one.parameters].map(([by]) => [by, ['other']])),
    })),
    found: /Error: refused whole for PARAMETER_OUT_OF_GRANT/,
  },
  'a view that never ends': { view: (view) => ({ ...view, validUntil: Infinity }), found: /Error: outlived/ },
}

/** Faults that the comparison must find, each planted from outside of the product. */
export const LAW_FAULTS: Readonly<Record<string, PlantedLawFault>> = {
  ...Object.fromEntries(
    Object.entries(DECISIONS).map(([name, registers]) => [name, { registers, found: DECIDED }] as const),
  ),
  ...OTHERS,
}

function eachGrant(change: (grant: Grant) => Grant): (registers: Registers) => Registers {
  return (registers) => ({ ...registers, grants: registers.grants.map(change) })
}

function eachMatter(change: (matter: Matter) => Matter): (registers: Registers) => Registers {
  return (registers) => ({ ...registers, matters: registers.matters.map(change) })
}

function eachField(change: (entry: FieldEntry) => FieldEntry): (registers: Registers) => Registers {
  return (registers) => ({
    ...registers,
    fields: new Map([...registers.fields].map(([at, one]) => [at, change(one)] as const)),
  })
}

function everybody({ approvals }: Grant): Grant['approvals'] {
  const officer = approvals[0]?.officer ?? 'P-1'
  return (['PROVIDER', 'PLATFORM', 'AGENCY', 'AUTHORITY'] as const).map((by) => ({ by, officer }))
}

function changeRule(own: CompiledOperation, from: MaskRule, to: MaskRule): CompiledOperation {
  return changeSteps(own, (step) => (step.kind === 'mask' && step.rule === from ? { ...step, rule: to } : step))
}

function copied(step: Step): Step {
  return step.kind === 'mask' && step.rule === 'M-NO' ? { kind: 'copy' } : step
}

function everyType(field: ProjectedField): ProjectedField {
  const { step } = field
  return step.kind === 'object' ? { ...field, step: { ...step, shownTypes: null } } : field
}
