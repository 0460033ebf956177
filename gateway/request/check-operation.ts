import type { Party } from '../caller/parties.ts'
import type { Generation } from '../compile/generation.ts'
import type { Matter } from '../grants/registers.ts'
import { isSupervised } from '../grants/supervision.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Text } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'
import { checkDocument } from './explain-document.ts'
import type { CheckedDocument } from './explain-document.ts'
import { usedCoordinates } from './operation-coordinates.ts'
import type { ServedGround } from './operation-coordinates.ts'
import type { RegisteredOperation } from './registered-operation.ts'

/** What is served, and by which clause a matter is limited to what suffices. */
export interface OperationGround extends ServedGround {
  readonly maxTokens: number
  /** Of `access.minimalFields`. */
  readonly minimal: Clause
}

/** What a generation and a regime give. */
export function groundOf(
  { schema, fields, catalog }: Pick<Generation, 'schema' | 'fields' | 'catalog'>,
  { parameters }: Regime,
  maxTokens: number,
): OperationGround {
  return { schema, fields, filters: catalog.filters, maxTokens, minimal: parameters['access.minimalFields'].clause }
}

/** The same, with the entry's own matter and party; null where there is none of that code. */
export interface OperationBasis extends OperationGround {
  readonly matter: Matter | null
  readonly party: Party | null
}

/** One thing wrong with an entry; no value of the document is in its text. */
export interface OperationFault {
  /** The member of the entry that is at fault, for its line. */
  readonly member: 'department' | 'application' | 'matter' | 'document' | 'operationName'
  readonly text: Text
  readonly clause: Clause | null
}

/** Whether an entry is in force: without a fault. */
export interface JudgedOperation {
  /** Name of the operation that it registers; null where it has none, or cannot be told. */
  readonly name: string | null
  readonly faults: readonly OperationFault[]
}

/**
 * Holds one entry against parties, matters and the served schema: the document runs, and uses nothing beyond the
 * minimal set of its matter (ZS-4.01(3)). Pure; every fault at once.
 */
export function judgeOperation(one: RegisteredOperation, basis: OperationBasis): JudgedOperation {
  const standing = [...checkStanding(one, basis)]
  if (one.document === '')
    return {
      name: null,
      faults: [...standing, fault('document', '文档为空或无法读取', 'the document is empty or cannot be read')],
    }
  try {
    const checked = checkDocument(basis.schema, one.document, one.operationName, basis.maxTokens)
    const name = checked.operation.name?.value ?? null
    return { name, faults: [...standing, ...checkMinimal(checked, basis)] }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { name: null, faults: [...standing, documentFault(one, error)] }
  }
}

function* checkStanding(one: RegisteredOperation, { party, matter }: OperationBasis): Iterable<OperationFault> {
  const { department, application } = one
  if (!party) yield fault('department', `没有部门 ${department}`, `there is no party ${department}`)
  else if (!party.applications.some(({ code }) => code === application))
    yield fault(
      'application',
      `${department} 没有应用 ${application}`,
      `${department} has no application ${application}`,
    )
  if (!matter) yield fault('matter', `没有事项 ${one.matter}`, `there is no matter ${one.matter}`)
  else if (party && !handles(party, matter))
    yield fault(
      'matter',
      `事项 ${matter.code} 属于 ${matter.department},未委托 ${department} 办理`,
      `the matter ${matter.code} is ${matter.department}'s, which has not charged ${department} with it`,
    )
}

/** Its own matter, or one that it was charged with (ZS-7.04). */
function handles(party: Party, { code, department }: Matter): boolean {
  const charged = party.delegations.some((one) => one.department === department && one.matters.includes(code))
  return party.code === department || charged
}

function* checkMinimal(checked: CheckedDocument, basis: OperationBasis): Iterable<OperationFault> {
  const { matter, minimal } = basis
  if (!matter) return
  for (const at of usedCoordinates(checked, basis)) {
    const entry = basis.fields.get(at)
    // A matter of supervision names no fields: what it opens is decided by role.
    if (matter.supervision === true && entry && isSupervised(entry)) continue
    const use = matter.fields.get(at)
    if (use === 'READ') continue
    yield use === 'VERIFY'
      ? fault(
          'document',
          `事项 ${matter.code} 只核实 ${at},文档读取其内容`,
          `the matter ${matter.code} only verifies ${at}, and the document reads it`,
          minimal,
        )
      : fault('document', `事项 ${matter.code} 不需要 ${at}`, `the matter ${matter.code} does not need ${at}`, minimal)
  }
}

function documentFault({ operationName }: RegisteredOperation, { code, text, detail }: Failure): OperationFault {
  const said = text ?? { zh: '', en: detail ?? '' }
  switch (code) {
    case 'GRAPHQL_PARSE_FAILED':
      return fault('document', `文档有语法错误:${said.zh}`, `the document cannot be parsed: ${said.en}`)
    case 'OPERATION_RESOLUTION_FAILURE':
      return operationName === null
        ? fault(
            'document',
            '文档没有可执行的操作,或有多个操作而未写明 operationName',
            'the document has no operation to run, or several and no operationName says which',
          )
        : fault('operationName', `文档没有操作 ${operationName}`, `the document has no operation ${operationName}`)
    case 'LIMIT_EXCEEDED':
      return fault('document', `文档过大:${said.zh}`, `the document is too large: ${said.en}`)
    default:
      return fault('document', `文档与总图不符:${said.zh}`, `the document does not fit the schema: ${said.en}`)
  }
}

function fault(member: OperationFault['member'], zh: string, en: string, clause: Clause | null = null): OperationFault {
  return { member, text: { zh, en }, clause }
}
