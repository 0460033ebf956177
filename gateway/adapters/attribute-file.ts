import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ATTRIBUTE_KINDS } from '../catalog/attributes.ts'
import type { AttributeRegistration } from '../catalog/attributes.ts'
import { LEVELS, QUASI_IDENTIFIERS } from '../catalog/catalog.ts'
import { ConfigFault } from '../config/fault.ts'
import { faultsOf, parseYamlText } from '../config/yaml.ts'
import { MASK_RULES } from '../vocabulary/decision.ts'

const SUBJECTS = { person: 'Person', 'legal-entity': 'LegalEntity' } as const

const name = z.string().regex(/^[a-z]\w*$/i, { error: 'expected the name of a field' })
const path = z.string().regex(/^[a-z]\w*(\.[a-z]\w*)*$/i, { error: 'expected field names with "." between them' })
const served = z.strictObject({
  type: name,
  mask: z.enum(MASK_RULES).nullable().default(null),
  quasiIdentifier: z.enum(QUASI_IDENTIFIERS).nullable().default(null),
})
const registration = z.strictObject({
  attribute: z.string().regex(/^(person|legal-entity)\.[a-zA-Z]\w*$/, { error: 'expected person.… or legal-entity.…' }),
  field: name,
  title: z.strictObject({ zh: z.string().min(1), en: z.string().min(1) }),
  compare: z.enum(ATTRIBUTE_KINDS),
  level: z.enum(LEVELS),
  guessable: z.boolean().default(false),
  serves: served.nullable().default(null),
  authorities: z.array(path).default([]),
  others: z.array(path).default([]),
})
const register = z.strictObject({ version: z.literal(1), attributes: z.array(registration) })

/**
 * Reads the register of attributes, schema/authorities.yaml.
 *
 * @param shown the file's name in messages
 * @throws ConfigFault with file, line and column of every fault; the system's error where the file is missing
 */
export function readAttributes(file: string, shown = file): readonly AttributeRegistration[] {
  const yaml = parseYamlText(readFileSync(file, 'utf8'), shown)
  const parsed = register.safeParse(yaml.value ?? {})
  if (!parsed.success)
    throw new ConfigFault(parsed.error.issues.flatMap((issue) => faultsOf(issue, (at, want) => yaml.locate(at, want))))
  return parsed.data.attributes.map((one, index) => {
    const origin = yaml.locate(['attributes', index])
    const { line, column } = origin.kind === 'file' ? origin : { line: 1, column: 1 }
    const subject = one.attribute.startsWith('person.') ? SUBJECTS.person : SUBJECTS['legal-entity']
    return { ...one, subject, place: { file: shown, line, column } }
  })
}
