import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import type { Case, CaseSource, FieldUse, Matter, MatterSource } from '../grants/registers.ts'
import type { Grant } from '../grants/grant.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'

/** A register that cannot be used: every fault with its place. */
export class RegisterFault extends Error {
  constructor(file: string, faults: readonly string[]) {
    super(faults.map((fault) => `${file}${fault}`).join('\n'))
    this.name = 'RegisterFault'
  }
}

const coordinate = z
  .string()
  .regex(/^[A-Za-z_]\w*\.[A-Za-z_]\w*$/, { error: 'expected Type.field' })
  .transform((text) => text as Coordinate)
const code = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/)
const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

const mattersFile = z.strictObject({
  matters: z.array(
    z.strictObject({
      code,
      title: z.string().min(1),
      department: code,
      caseRequired: z.boolean().default(false),
      fields: z.array(coordinate).default([]),
      verify: z.array(coordinate).default([]),
    }),
  ),
})

const casesFile = z.strictObject({ cases: z.array(z.strictObject({ number: code, matter: code, department: code })) })

const grantsFile = z.strictObject({
  grants: z.array(
    z.strictObject({
      id: code,
      consumer: code,
      applications: z.array(code).min(1).nullable().default(null),
      matters: z.array(code).min(1),
      clear: z.array(coordinate).default([]),
      masked: z.array(coordinate).default([]),
      verifyOnly: z.array(coordinate).default([]),
      validFrom: instant,
      validUntil: instant,
      approver: z.string().min(1),
      agreement: z.string().min(1).nullable().default(null),
    }),
  ),
})

/** Reads `matters.yaml`. @throws RegisterFault with every fault */
export function readMatters(file: string, text: string): MatterSource {
  const { matters } = read(file, text, mattersFile)
  const found = matters.map((one): Matter => ({ ...one, fields: usesOf(one.fields, one.verify) }))
  const byCode = new Map(found.map((one) => [one.code, one]))
  const byDepartment = Map.groupBy(found, (one) => one.department)
  return {
    find: (wanted) => byCode.get(wanted) ?? null,
    ofDepartment: (department) => byDepartment.get(department) ?? [],
  }
}

function usesOf(read: readonly Coordinate[], verify: readonly Coordinate[]): ReadonlyMap<Coordinate, FieldUse> {
  return new Map([...read.map((at) => [at, 'READ'] as const), ...verify.map((at) => [at, 'VERIFY'] as const)])
}

/** Reads `cases.yaml`. @throws RegisterFault with every fault */
export function readCases(file: string, text: string): CaseSource {
  const byNumber = new Map(read(file, text, casesFile).cases.map((one): [string, Case] => [one.number, one]))
  return { find: (number) => byNumber.get(number) ?? null }
}

/** Reads `grants.yaml`; revocations are events elsewhere. @throws RegisterFault with every fault */
export function readGrants(file: string, text: string): readonly Grant[] {
  return read(file, text, grantsFile).grants.map(({ clear, masked, verifyOnly, ...one }) => ({
    ...one,
    fields: new Map([
      ...clear.map((at) => [at, 'CLEAR'] as const),
      ...masked.map((at) => [at, 'MASKED'] as const),
      ...verifyOnly.map((at) => [at, 'VERIFY_ONLY'] as const),
    ]),
    revokedAt: null,
  }))
}

/** Parses and checks a register; each fault as `:line:column message`. */
export function read<T extends z.ZodType>(file: string, text: string, schema: T): z.output<T> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `:${line}:${col}`
  }
  if (document.errors.length > 0) {
    throw new RegisterFault(
      file,
      document.errors.map((error) => `${place(error.pos[0])} ${error.message.split('\n')[0] ?? ''}`),
    )
  }
  const result = schema.safeParse(document.toJS() ?? {})
  if (result.success) return result.data
  const faults = result.error.issues.map((issue) => {
    const node: unknown = document.getIn(issue.path, true)
    const range =
      typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
        ? Number(node.range[0])
        : 0
    return `${place(range)} ${issue.path.map(String).join('.')}: ${issue.message}`
  })
  throw new RegisterFault(file, faults)
}
