import { LineCounter, isMap, isNode, isScalar, parseDocument } from 'yaml'
import type { Document } from 'yaml'
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

const matter = z
  .strictObject({
    code,
    title: z.string().min(1),
    department: code,
    caseRequired: z.boolean().default(false),
    fields: z.array(coordinate).default([]),
    verify: z.array(coordinate).default([]),
  })
  .superRefine((one, context) => refuseRepeats(context, { fields: one.fields, verify: one.verify }))

const mattersFile = z.strictObject({ matters: unique(matter, 'code') })

const caseEntry = z.strictObject({ number: code, matter: code, department: code })

const casesFile = z.strictObject({ cases: unique(caseEntry, 'number') })

const grant = z
  .strictObject({
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
  })
  .superRefine((one, context) => {
    refuseRepeats(context, { clear: one.clear, masked: one.masked, verifyOnly: one.verifyOnly })
    if (one.validFrom >= one.validUntil)
      context.addIssue({ code: 'custom', path: ['validUntil'], message: 'is not after validFrom' })
  })

const grantsFile = z.strictObject({ grants: unique(grant, 'id') })

/** A list in which no two entries have the same key: whose would hold? */
function unique<K extends string, T extends z.ZodType<Readonly<Record<K, string>>>>(entry: T, key: K) {
  return z.array(entry).superRefine((list, context) => {
    const seen = new Set<string>()
    for (const [index, one] of list.entries()) {
      if (seen.has(one[key])) context.addIssue({ code: 'custom', path: [index, key], message: 'is there already' })
      seen.add(one[key])
    }
  })
}

/** A coordinate has one mode: twice, and in two ways at that, would leave to chance which holds. */
function refuseRepeats(context: z.RefinementCtx, lists: Readonly<Record<string, readonly Coordinate[]>>): void {
  const seen = new Set<Coordinate>()
  for (const [name, list] of Object.entries(lists)) {
    for (const [index, at] of list.entries()) {
      if (seen.has(at)) context.addIssue({ code: 'custom', path: [name, index], message: `${at} is listed already` })
      seen.add(at)
    }
  }
}

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
  const result = schema.safeParse(toJs(document, file))
  if (result.success) return result.data
  const faults = result.error.issues.flatMap((issue) =>
    placesOf(document, issue).map(
      ({ offset, path }) => `${place(offset)} ${path.map(String).join('.')}: ${issue.message}`,
    ),
  )
  throw new RegisterFault(file, faults)
}

function toJs(document: Document, file: string): unknown {
  try {
    return document.toJS() ?? {}
  } catch (error) {
    // Aliases that multiply into more than a register can hold.
    throw new RegisterFault(file, [`:1:1 ${error instanceof Error ? error.message : 'cannot be read'}`])
  }
}

type Path = readonly PropertyKey[]

/** Where an issue is: at the key itself where it is unknown, and at what it is missing from where it is missing. */
function placesOf(document: Document, issue: z.core.$ZodIssue): { readonly offset: number; readonly path: Path }[] {
  if (issue.code !== 'unrecognized_keys') return [{ offset: offsetOf(document, issue.path), path: issue.path }]
  const parent: unknown = document.getIn(issue.path, true)
  return issue.keys.map((name) => {
    const pair = isMap(parent) ? parent.items.find((one) => isScalar(one.key) && one.key.value === name) : undefined
    const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined
    return { offset: offset ?? offsetOf(document, issue.path), path: [...issue.path, name] }
  })
}

/** The start of the innermost node of the path that is there. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}
