import { z } from 'zod'
import { parseYaml } from '../config/yaml.ts'
import type { Case, CaseSource, FieldUse, Matter, MatterSource } from '../grants/registers.ts'
import { APPROVERS } from '../grants/grant.ts'
import type { Approval, Grant } from '../grants/grant.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'

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
    supervision: z.boolean().default(false),
    fields: z.array(coordinate).default([]),
    verify: z.array(coordinate).default([]),
    materials: z
      .array(z.strictObject({ code, title: z.string().min(1), fields: z.array(coordinate).min(1) }))
      .default([]),
  })
  .superRefine((one, context) => {
    refuseRepeats(context, { fields: one.fields, verify: one.verify })
    const known = new Set([...one.fields, ...one.verify])
    if (one.supervision && known.size > 0)
      context.addIssue({
        code: 'custom',
        path: [one.fields.length > 0 ? 'fields' : 'verify'],
        message: 'a matter of supervision names no fields: it opens the audit record, and nothing of a citizen',
      })
    // A material says what the matter's own fields are for; it opens none.
    for (const [at, { fields }] of one.materials.entries())
      for (const field of fields.filter((one) => !known.has(one)))
        context.addIssue({
          code: 'custom',
          path: ['materials', at, 'fields'],
          message: `${field} is not of the matter`,
        })
  })

const mattersFile = z.strictObject({ matters: unique(matter, 'code') })

const caseEntry = z.strictObject({ number: code, matter: code, department: code })

const casesFile = z.strictObject({ cases: unique(caseEntry, 'number') })

const officer = z.string().min(1)
const perDay = z.int().min(1).nullable().default(null)

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
    /** The provider's officer: the shortest way to write the usual approval. */
    approver: officer.optional(),
    approvals: z.array(z.strictObject({ by: z.enum(APPROVERS), officer })).default([]),
    agreement: z.string().min(1).nullable().default(null),
    parameters: z.record(z.string(), z.array(z.string().min(1)).min(1)).default({}),
    quota: z.strictObject({ callsPerDay: perDay, subjectsPerDay: perDay, rowsPerDay: perDay }).prefault({}),
    seasonal: z.boolean().default(false),
    linkage: z
      .array(z.strictObject({ coordinate, by: officer, reason: z.string().min(1), candidates: z.int().min(1) }))
      .default([]),
    copyConsent: z.string().min(1).nullable().default(null),
  })
  .superRefine((one, context) => {
    refuseRepeats(context, { clear: one.clear, masked: one.masked, verifyOnly: one.verifyOnly })
    if (one.validFrom >= one.validUntil)
      context.addIssue({ code: 'custom', path: ['validUntil'], message: 'is not after validFrom' })
    if (one.approver === undefined && one.approvals.length === 0)
      context.addIssue({ code: 'custom', path: [], message: 'nobody has approved it: state approver or approvals' })
    for (const at of Object.keys(one.parameters)) {
      if (!coordinate.safeParse(at).success)
        context.addIssue({ code: 'custom', path: ['parameters', at], message: 'expected Type.field' })
    }
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

/** The matters of `matters.yaml`, in its order. @throws ConfigFault with every fault */
export function listMatters(file: string, text: string): readonly Matter[] {
  const { matters } = parseYaml(text, file, mattersFile)
  return matters.map((one): Matter => ({ ...one, fields: usesOf(one.fields, one.verify) }))
}

/** Reads `matters.yaml`. @throws ConfigFault with every fault */
export function readMatters(file: string, text: string): MatterSource {
  const found = listMatters(file, text)
  const byCode = new Map(found.map((one) => [one.code, one]))
  const byDepartment = Map.groupBy(found, (one) => one.department)
  return {
    version: () => 1,
    find: (wanted) => byCode.get(wanted) ?? null,
    ofDepartment: (department) => byDepartment.get(department) ?? [],
  }
}

function usesOf(read: readonly Coordinate[], verify: readonly Coordinate[]): ReadonlyMap<Coordinate, FieldUse> {
  return new Map([...read.map((at) => [at, 'READ'] as const), ...verify.map((at) => [at, 'VERIFY'] as const)])
}

/** The cases of `cases.yaml`, in its order. @throws ConfigFault with every fault */
export function listCases(file: string, text: string): readonly Case[] {
  return parseYaml(text, file, casesFile).cases
}

/** Reads `cases.yaml`. @throws ConfigFault with every fault */
export function readCases(file: string, text: string): CaseSource {
  const byNumber = new Map(listCases(file, text).map((one): [string, Case] => [one.number, one]))
  return { find: (number) => byNumber.get(number) ?? null }
}

/** Reads `grants.yaml`; revocations are events elsewhere. @throws ConfigFault with every fault */
export function readGrants(file: string, text: string): readonly Grant[] {
  return parseYaml(text, file, grantsFile).grants.map(({ clear, masked, verifyOnly, approver, ...one }) => ({
    ...one,
    approvals: approver === undefined ? one.approvals : [providers(approver), ...one.approvals],
    // Whether each is a coordinate was just checked.
    parameters: new Map(Object.entries(one.parameters)) as Grant['parameters'],
    fields: new Map([
      ...clear.map((at) => [at, 'CLEAR'] as const),
      ...masked.map((at) => [at, 'MASKED'] as const),
      ...verifyOnly.map((at) => [at, 'VERIFY_ONLY'] as const),
    ]),
    revokedAt: null,
  }))
}

function providers(approver: string): Approval {
  return { by: 'PROVIDER', officer: approver }
}
