import { z } from 'zod'
import { ROLES } from '../caller/roles.ts'
import type { Role } from '../caller/roles.ts'
import { OPERATION_MODES, PARTY_TYPES, RESERVED_ROLES, isByReference } from '../caller/parties.ts'
import type { Party, PartyRegister } from '../caller/parties.ts'
import { parseYaml } from '../config/yaml.ts'
import { isClause } from '../vocabulary/clause.ts'
import type { Clause } from '../vocabulary/clause.ts'
import { followFile } from './followed-file.ts'

const code = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'expected a code of small letters, digits and "-"' })
const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
const clause = z.custom<Clause>((value) => typeof value === 'string' && isClause(value), {
  error: 'expected a clause, e.g. ZS-1.06',
})
const application = z.strictObject({
  code,
  name: text,
  suspended: z.boolean().default(false),
  operations: z.enum(OPERATION_MODES).default('OPEN'),
})
const party = z.strictObject({
  code,
  name: text,
  type: z.enum(PARTY_TYPES),
  byReference: z.boolean().default(false),
  basis: z.array(clause).min(1),
  roles: z.array(z.enum(ROLES)).default([]),
  suspended: z.boolean().default(false),
  delegations: z.array(z.strictObject({ department: code, matters: z.array(z.string().min(1)).min(1) })).default([]),
  applications: z.array(application).default([]),
})
type PartyEntry = z.output<typeof party>
interface Problem {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

function repeated(codes: readonly string[], path: readonly PropertyKey[]): readonly Problem[] {
  return codes.flatMap((one, at) =>
    codes.indexOf(one) === at ? [] : [{ path: [...path, at, 'code'], message: 'is registered twice' }],
  )
}

/** Utilities and stationed organs are bound by reference, and nobody else is (ZS-1.04, ZS-1.05). */
function typeProblems(entry: PartyEntry, at: number): readonly Problem[] {
  const byReference = isByReference(entry.type)
  if (entry.byReference === byReference) return []
  const message = byReference
    ? `must be true for ${entry.type} (ZS-1.04, ZS-1.05)`
    : `must be false for ${entry.type}, which is bound directly`
  return [{ path: ['parties', at, 'byReference'], message }]
}

function roleProblems(entry: PartyEntry, at: number): readonly Problem[] {
  const reserved: readonly string[] = RESERVED_ROLES
  return entry.roles.flatMap((role, index) =>
    reserved.includes(role)
      ? []
      : [{ path: ['parties', at, 'roles', index], message: 'is no reserved role; every party may give it' }],
  )
}

/** A party whose people audit has nobody who runs or decides what is audited (ZS-6.04, ZS-1.11). */
function auditProblems({ roles }: PartyEntry, at: number): readonly Problem[] {
  const others: readonly Role[] = ['AUTHORITY', 'SECURITY_ADMIN', 'DATA_OPERATOR']
  if (!roles.includes('AUDITOR')) return []
  return roles.flatMap((role, index) =>
    others.includes(role)
      ? [{ path: ['parties', at, 'roles', index], message: 'is not for a party that audits (ZS-6.04, ZS-1.11)' }]
      : [],
  )
}

const registerFile = z.strictObject({ version: z.literal(1), parties: z.array(party).min(1) }).check((context) => {
  const { parties } = context.value
  const codes = parties.map((one) => one.code)
  const problems = [
    ...repeated(codes, ['parties']),
    ...parties.flatMap((entry, at) => [
      ...typeProblems(entry, at),
      ...roleProblems(entry, at),
      ...auditProblems(entry, at),
      ...repeated(
        entry.applications.map((one) => one.code),
        ['parties', at, 'applications'],
      ),
    ]),
  ]
  for (const { path, message } of problems)
    context.issues.push({ code: 'custom', path: [...path], message, input: context.value })
})

/**
 * Parses a register of parties (city/registers/parties.yaml).
 * @throws ConfigFault with file, line and column of every fault
 */
export function parseParties(yaml: string, file: string): readonly Party[] {
  return parseYaml(yaml, file, registerFile).parties
}

/** Milliseconds between looks. */
const INTERVAL = 1_000

/**
 * The register of a YAML file, followed: a suspension takes effect within a second.
 * @throws ConfigFault, or the error of the file system, at opening only
 */
export function openPartyFile(path: string): PartyRegister & { close(): void } {
  const index = (yaml: string): ReadonlyMap<string, Party> =>
    new Map(parseParties(yaml, path).map((one) => [one.code, one]))
  const file = followFile({ path, parse: index, subject: 'parties', interval: INTERVAL, onChange: () => {} })
  return {
    find: (department) => file.current().get(department) ?? null,
    all: () => [...file.current().values()],
    close: () => file.close(),
  }
}
