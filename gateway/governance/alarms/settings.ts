import { z } from 'zod'
import { ALARM_RULES } from './rules.ts'
import type { AlarmRuleCode } from './rules.ts'

/**
 * How the rules are set: the file that `alarms.rules` of the configuration names, YAML, every member optional. What it
 * leaves out has the default below. docs/alarms.md explains each.
 */
const count = (fallback: number, least = 1) => z.int().min(least).max(1_000_000).default(fallback)
const percent = (fallback: number) => z.int().min(1).max(100).default(fallback)
/** How many times the usual measure is unusual. */
const factor = (fallback: number) => z.number().min(1).max(1_000).default(fallback)
const enabled = z.boolean().default(true)

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'expected a time such as 08:30' })
const day = z.iso.date()

const definition = z.strictObject({
  HONEY: z.strictObject({ enabled }).prefault({}),
  ENUMERATION: z
    .strictObject({
      enabled,
      /** Different numbers with the same first 14 characters within 24 hours; below what the limits refuse. */
      officer: count(4, 2),
      application: count(10, 2),
      department: count(20, 2),
    })
    .prefault({}),
  SELF_LOOKUP: z.strictObject({ enabled }).prefault({}),
  RELATIVE_LOOKUP: z.strictObject({ enabled }).prefault({}),
  DISTINCT_SUBJECTS: z
    .strictObject({
      enabled,
      /** Below this nobody is looked at, however quiet their days were. */
      floorHour: count(40),
      floorDay: count(100),
      /** For who has fewer than `learningDays` days behind them. */
      freshHour: count(100),
      freshDay: count(250),
      learningDays: count(5),
      factorHour: factor(3),
      factorDay: factor(3),
    })
    .prefault({}),
  VERIFY_MISMATCH: z.strictObject({ enabled, compared: count(15), percent: percent(60) }).prefault({}),
  PURPOSE_MISMATCH: z.strictObject({ enabled, perDay: count(3) }).prefault({}),
  DENIED_BURST: z
    .strictObject({
      enabled,
      /** Refusals within ten minutes. */
      officer: count(20),
      application: count(60),
      /** Of callers who stayed unknown, all together. */
      strangers: count(600),
    })
    .prefault({}),
  OFF_HOURS: z
    .strictObject({
      enabled,
      from: timeOfDay.default('07:30'),
      until: timeOfDay.default('19:30'),
      /** Different subjects of one officer within 12 hours. */
      subjects: count(10),
      /** Matters that are worked on at any hour. */
      nightMatters: z.array(z.string().min(1)).default([]),
      /** Weekdays that are free, weekends that are worked, as the State Council's notice has them. */
      holidays: z.array(day).default([]),
      workdays: z.array(day).default([]),
    })
    .prefault({}),
  MANY_OFFICERS: z
    .strictObject({ enabled, officers: count(8, 2), departments: count(5, 2), days: z.int().min(1).max(31).default(7) })
    .prefault({}),
  CASE_REUSE: z
    .strictObject({
      enabled,
      /** Different subjects of one case; below what the limits refuse. */
      subjects: count(15, 2),
      officers: count(6, 2),
      /** Different cases of one officer in which one subject stands. */
      cases: count(5, 2),
      days: z.int().min(1).max(31).default(30),
    })
    .prefault({}),
  VOLUME: z
    .strictObject({
      enabled,
      floor: count(500),
      factor: factor(3),
      /** While there is too little to compare with. */
      fresh: count(5_000),
      /** Of the same weekday, so many of the last eight must have had requests at all. */
      learningWeeks: z.int().min(1).max(8).default(3),
    })
    .prefault({}),
  FIRST_SEEN: z
    .strictObject({
      enabled,
      /** Days after an application's first request in which whatever it uses is learned. */
      learningDays: z.int().min(0).max(365).default(14),
    })
    .prefault({}),
  AUDIT_TROUBLE: z.strictObject({ enabled }).prefault({}),
  /** What is known and needs no alarm; each member that is given must fit. */
  except: z
    .array(
      z.strictObject({
        rules: z.array(z.enum(ALARM_RULES)).min(1),
        department: z.string().min(1).optional(),
        application: z.string().min(1).optional(),
        officer: z.string().min(1).optional(),
        matter: z.string().min(1).optional(),
        /** The last day on which it holds. */
        until: day.optional(),
        reason: z.string().min(1).max(500),
      }),
    )
    .default([]),
  /** Rules whose alarm suspends the officer, where `alarms.suspend` of the configuration is on. */
  suspending: z.array(z.enum(ALARM_RULES)).default(['HONEY', 'ENUMERATION']),
})

/** The rules' limits, every default filled in. */
export type AlarmSettings = Readonly<z.output<typeof definition>>

/** What is known and needs no alarm. */
export type AlarmException = AlarmSettings['except'][number]

/** The settings of a deployment that states none. */
export const DEFAULT_SETTINGS: AlarmSettings = definition.parse({})

/** A file of rules that cannot be used: each fault with the place of the member, for the operator. */
export class AlarmSettingsFault extends Error {
  readonly code = 'ALARM_RULES_INVALID'

  constructor(faults: readonly string[]) {
    super(faults.join('\n'))
    this.name = 'AlarmSettingsFault'
  }
}

/**
 * Reads settings.
 *
 * @param value the file's content, parsed; null for an empty one
 * @throws AlarmSettingsFault with every fault at once
 */
export function readAlarmSettings(value: unknown): AlarmSettings {
  const { data, error } = definition.safeParse(value ?? {})
  if (error) throw new AlarmSettingsFault(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`))
  const faults = crossFaults(data)
  if (faults.length > 0) throw new AlarmSettingsFault(faults)
  return data
}

function crossFaults({ OFF_HOURS: hours, DISTINCT_SUBJECTS: many }: AlarmSettings): readonly string[] {
  return [
    ...(hours.from >= hours.until ? ['OFF_HOURS.until: must be later than from'] : []),
    ...(many.freshHour < many.floorHour ? ['DISTINCT_SUBJECTS.freshHour: must not be below floorHour'] : []),
    ...(many.freshDay < many.floorDay ? ['DISTINCT_SUBJECTS.freshDay: must not be below floorDay'] : []),
  ]
}

/** The JSON Schema (2020-12) of the file, for editors. */
export function alarmSettingsSchema(): object {
  return z.toJSONSchema(definition, { io: 'input' })
}

/** Whether a rule is watched for at all. */
export function isEnabled(settings: AlarmSettings, code: AlarmRuleCode): boolean {
  return settings[code].enabled
}
