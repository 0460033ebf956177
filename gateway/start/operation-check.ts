import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Supergraph } from '@apollo/federation-internals'
import { readOperations } from '../adapters/operation-files.ts'
import type { OperationRegister } from '../adapters/operation-files.ts'
import { parseParties } from '../adapters/party-register-file.ts'
import { readRegime } from '../adapters/regime-file.ts'
import { readMatters } from '../adapters/register-files.ts'
import type { ComposedSchema } from '../adapters/supergraph-files.ts'
import type { Party } from '../caller/parties.ts'
import { indexFields } from '../catalog/catalog.ts'
import { servedSchema } from '../compile/served-schema.ts'
import type { Config } from '../config/config.ts'
import type { Origin } from '../config/fault.ts'
import type { MatterSource } from '../grants/registers.ts'
import { groundOf, judgeOperation } from '../request/check-operation.ts'
import type { OperationFault, OperationGround } from '../request/check-operation.ts'
import { repeatedOperations } from '../request/registered-operation.ts'
import type { RegisteredOperation, Repeated } from '../request/registered-operation.ts'

/** What is wrong with one entry, with its place in the register's file. */
export interface OperationFinding extends Pick<OperationFault, 'text' | 'clause'> {
  readonly id: string
  readonly path: readonly (string | number)[]
  readonly origin: Origin
}

/** An entry of the register; it is in force without a finding. */
export interface CheckedOperation {
  readonly entry: RegisteredOperation
  readonly findings: readonly OperationFinding[]
}

/** What a register of operations is held against. */
export interface OperationContext {
  readonly ground: OperationGround
  readonly matters: Pick<MatterSource, 'find'>
  /** The party of a department code, or null. */
  readonly party: (code: string) => Party | null
}

/**
 * Judges every entry as requests do. It yields after each, for whoever has other work to do between; the entries with
 * their findings are its result.
 */
export function* judgeRegister(
  register: OperationRegister,
  { ground, matters, party }: OperationContext,
): Generator<void, readonly CheckedOperation[]> {
  const { operations, locate } = register
  const repeated = repeatedOperations(operations)
  const checked: CheckedOperation[] = []
  for (const [at, entry] of operations.entries()) {
    // A member that the entry leaves out has the entry's own place.
    const place = (member: string): Pick<OperationFinding, 'path' | 'origin'> => {
      const path = ['operations', at, member]
      return { path, origin: locate(path) }
    }
    const again = repeated.get(entry)
    const { faults } = judgeOperation(entry, {
      ...ground,
      matter: matters.find(entry.matter),
      party: party(entry.department),
    })
    const findings = [...(again ? [repetition(again)] : []), ...faults].map(
      ({ member, text, clause }): OperationFinding => ({ id: entry.id, ...place(member), text, clause }),
    )
    checked.push({ entry, findings })
    yield
  }
  return checked
}

function repetition(of: Repeated) {
  const text =
    of === 'id'
      ? { zh: '编号已被前面的条目使用', en: 'an entry above has the same id' }
      : { zh: '前面的条目已为此事项登记同一操作', en: 'an entry above registers the same operation for the matter' }
  return { member: of, text, clause: null }
}

/**
 * Holds the configured register against a composed catalogue and the other registers, without a gateway.
 *
 * @throws ConfigFault for a register or profile that cannot be read; the system's error where one is missing
 */
export function checkConfiguredOperations(config: Config, composed: ComposedSchema): readonly CheckedOperation[] {
  const { registers, regime, schemaDirectory, limits } = config
  const read = (file: string): string => readFileSync(file, 'utf8')
  const { schema } = servedSchema(Supergraph.build(composed.supergraphSdl).apiSchema().toGraphQLJSSchema())
  const { catalog } = composed
  const served = { schema, catalog, fields: indexFields(catalog) }
  const parties = new Map(parseParties(read(registers.parties), registers.parties).map((one) => [one.code, one]))
  const turns = judgeRegister(readOperations(registers.operations, read(registers.operations)), {
    ground: groundOf(served, readRegime(join(schemaDirectory, 'regimes', `${regime}.yaml`)), limits.tokens),
    matters: readMatters(registers.matters, read(registers.matters)),
    party: (code) => parties.get(code) ?? null,
  })
  for (;;) {
    const turn = turns.next()
    if (turn.done === true) return turn.value
  }
}
