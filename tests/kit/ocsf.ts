import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Definitions of OCSF as tests/fixtures/ocsf keeps them. */
interface Attribute {
  readonly type: string
  readonly requirement: string
  readonly array?: boolean
  readonly enum?: Readonly<Record<string, string>>
  readonly profile?: string
  readonly deprecated?: boolean
  /** False where the definition of its object is not kept: then nothing of ours may have it. */
  readonly kept?: boolean
}

interface Definition {
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly constraints?: { readonly at_least_one?: readonly string[] }
}

interface Schema {
  readonly version: string
  readonly classes: Readonly<
    Record<'datastore_activity', Definition & { readonly uid: number; readonly category_uid: number }>
  >
  readonly objects: Readonly<Record<string, Definition>>
  readonly types: Readonly<
    Record<string, { readonly type?: string; readonly regex?: string; readonly max_len?: number }>
  >
}

const FILE = join(import.meta.dirname, '../fixtures/ocsf/datastore-activity.json')
const SCHEMA = JSON.parse(readFileSync(FILE, 'utf8')) as Schema

type Value = Readonly<Record<string, unknown>>

/** Where an event of Datastore Activity breaks its definition, each with its path; empty where it keeps to it. */
export function ocsfMisfits(event: Value): readonly string[] {
  const { uid, category_uid: category, ...definition } = SCHEMA.classes.datastore_activity
  const metadata = isObject(event['metadata']) ? event['metadata'] : {}
  const profiles = Array.isArray(metadata['profiles']) ? metadata['profiles'] : []
  const placed =
    event['class_uid'] === uid &&
    event['category_uid'] === category &&
    event['type_uid'] === uid * 100 + Number(event['activity_id']) &&
    metadata['version'] === SCHEMA.version
  return [...(placed ? [] : ['(class)']), ...objectMisfits(definition, event, '', profiles)]
}

function objectMisfits(
  { attributes, constraints }: Definition,
  value: Value,
  path: string,
  profiles: readonly unknown[],
): readonly string[] {
  const applies = ({ profile }: Attribute): boolean => profile === undefined || profiles.includes(profile)
  const missing = Object.entries(attributes).flatMap(([name, one]) =>
    one.requirement === 'required' && applies(one) && value[name] === undefined ? [`${path}.${name} is missing`] : [],
  )
  const some = constraints?.at_least_one ?? []
  const none =
    some.length > 0 && !some.some((name) => value[name] !== undefined) ? [`${path} has none of ${some.join(', ')}`] : []
  const members = Object.entries(value).flatMap(([name, member]) => {
    const one = attributes[name]
    const at = `${path}.${name}`
    if (one === undefined || !applies(one)) return [`${at} is not defined`]
    if (one.kept === false || one.deprecated === true) return [`${at} is not known here`]
    return attributeMisfits(one, member, at, profiles)
  })
  return [...missing, ...none, ...members]
}

function attributeMisfits(one: Attribute, value: unknown, at: string, profiles: readonly unknown[]): readonly string[] {
  if (one.array !== true) return valueMisfits(one, value, at, profiles)
  if (!Array.isArray(value)) return [`${at} is no list`]
  return value.flatMap((item, index) => valueMisfits(one, item, `${at}[${index}]`, profiles))
}

function valueMisfits(one: Attribute, value: unknown, at: string, profiles: readonly unknown[]): readonly string[] {
  const definition = SCHEMA.objects[one.type]
  if (one.type === 'object') return isObject(value) ? [] : [`${at} is no object`]
  if (definition !== undefined)
    return isObject(value) ? objectMisfits(definition, value, at, profiles) : [`${at} is no object`]
  if (!fits(one.type, value)) return [`${at} is no ${one.type}`]
  // An enumeration of texts lists what is usual; one of numbers is closed.
  const closed = one.enum !== undefined && typeof value === 'number'
  return closed && one.enum[String(value)] === undefined ? [`${at} is none of its values`] : []
}

function fits(type: string, value: unknown): boolean {
  const { type: base = type, regex, max_len: longest = Infinity } = SCHEMA.types[type] ?? {}
  switch (base) {
    case 'string_t':
      return (
        typeof value === 'string' && value.length <= longest && (regex === undefined || new RegExp(regex).test(value))
      )
    case 'integer_t':
      return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31
    case 'long_t':
      return Number.isSafeInteger(value)
    case 'boolean_t':
      return typeof value === 'boolean'
    default:
      return false
  }
}

function isObject(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
