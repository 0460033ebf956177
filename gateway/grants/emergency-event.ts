import { z } from 'zod'
import { STAFF_NUMBER } from '../vocabulary/staff-number.ts'

/** How an emergency may be called: it travels in a header, and stands in the record. */
const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
const officer = z.string().regex(STAFF_NUMBER)
const code = z.string().min(1).max(64)
const words = z.string().trim().min(1).max(500)
const at = z.iso.datetime({ offset: true })
const coordinate = z.templateLiteral([z.string().regex(/^[A-Za-z]\w{0,127}$/), '.', z.string().regex(/^\w{1,128}$/)])

const declared = z.strictObject({
  kind: z.literal('EMERGENCY_DECLARED'),
  emergency: id,
  /** Number under which the incident was reported (警情编号). */
  incident: z.string().trim().min(1).max(64),
  department: code,
  matter: code,
  by: officer,
  /** Staff numbers of those who may use it. */
  officers: z.array(officer).min(1).max(50).readonly(),
  fields: z.array(coordinate).min(1).max(200).readonly(),
  hours: z.int().min(1).max(24),
  reason: words,
  at,
})
const approved = z.strictObject({ kind: z.literal('EMERGENCY_APPROVED'), emergency: id, by: officer, at })
const ended = z.strictObject({ kind: z.literal('EMERGENCY_ENDED'), emergency: id, by: officer, reason: words, at })
const reviewed = z.strictObject({
  kind: z.literal('EMERGENCY_REVIEWED'),
  emergency: id,
  by: officer,
  outcome: words,
  at,
})

/** The dated events of an emergency (ZS-4.10), as they stand in the file of events beside revocations. */
export const emergencyEvent = z.discriminatedUnion('kind', [declared, approved, ended, reviewed])

/** A dated event of an emergency; `at` is an ISO 8601 instant. What it comes to is derived (emergency.ts). */
export type EmergencyEvent = z.output<typeof emergencyEvent>
/** The event that an emergency begins with. */
export type EmergencyDeclared = z.output<typeof declared>
