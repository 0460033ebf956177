import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { parseYaml } from '../config/yaml.ts'
import type { DelayedRelease, Disclosure } from '../governance/reports/disclosure.ts'
import { holdsIdNumber } from '../vocabulary/id-number.ts'
import { STAFF_NUMBER } from '../vocabulary/staff-number.ts'

const code = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/)
const words = z
  .string()
  .min(1)
  .refine((text) => !holdsIdNumber(text), { error: "leave citizens' numbers out of it (HZ-47.2)" })
const day = z.iso.date().transform((text) => Date.parse(`${text}T00:00:00+08:00`))

const delay = z
  .strictObject({
    id: code,
    department: code,
    matters: z.array(code).min(1).nullable().default(null),
    cases: z.array(code).min(1).nullable().default(null),
    reason: words,
    basis: words,
    until: day.optional(),
    days: z.int().min(1).max(36_500).optional(),
    by: z.string().regex(STAFF_NUMBER, { error: 'expected a staff number' }),
  })
  .superRefine(({ until, days }, context) => {
    // For ever is no delay: the law wants the day named.
    if ((until === undefined) === (days === undefined))
      context.addIssue({ code: 'custom', path: [], message: 'state either `until` or `days`' })
  })

const disclosureFile = z.strictObject({
  notice: z.strictObject({ zh: words, en: words, basis: words }).nullable().default(null),
  delays: z.array(delay).superRefine((list, context) => {
    for (const [at, { id }] of list.entries())
      if (list.findIndex((one) => one.id === id) < at)
        context.addIssue({ code: 'custom', path: [at, 'id'], message: 'is there already' })
  }),
})

/** Reads `disclosure.yaml`. @throws ConfigFault with every fault */
export function parseDisclosure(file: string, text: string): Disclosure {
  const { notice, delays } = parseYaml(text, file, disclosureFile)
  return {
    notice,
    delays: delays.map(({ until, days = 0, ...one }): DelayedRelease => ({
      ...one,
      delay: until === undefined ? { kind: 'DAYS', days } : { kind: 'UNTIL', until },
    })),
  }
}

/**
 * The register of delayed release.
 * @throws ConfigFault for a bad register, the system's error where it is missing: a report that leaves nothing out because
 * nobody could read what to leave out would tell for ever
 */
export async function readDisclosure(file: string): Promise<Disclosure> {
  return parseDisclosure(file, await readFile(file, 'utf8'))
}
