import { z } from 'zod'
import { definition } from './schema.ts'

/** One setting of the definition. */
export interface Setting {
  /** e.g. `['http', 'port']`; `*` stands for a department code. */
  readonly path: readonly string[]
  readonly type: 'string' | 'integer' | 'boolean'
  /** Permitted values, where they are few. */
  readonly values: readonly string[] | null
  readonly fallback: string | number | boolean | null
  readonly description: string
  readonly secret: boolean
  readonly base: 'installation' | 'working' | null
  /** Environment variable; `*` stands for the department code in capitals. */
  readonly variable: string
}

const node = z.object({
  type: z.enum(['object', 'string', 'integer', 'boolean']),
  enum: z.array(z.string()).optional(),
  default: z.unknown().optional(),
  description: z.string().default(''),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  'x-secret': z.boolean().default(false),
  'x-path': z.enum(['installation', 'working']).nullable().default(null),
  'x-env': z.string().optional(),
})
const scalar = z.union([z.string(), z.number(), z.boolean()])

/** `departments.public-security.apiKey` → `GONGXIANG_DEPARTMENTS_PUBLIC_SECURITY_API_KEY`. */
function variableOf(path: readonly string[]): string {
  const words = path.map((part) => part.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll('-', '_'))
  return `GONGXIANG_${words.join('_').toUpperCase()}`
}

function walk(schema: unknown, path: readonly string[]): readonly Setting[] {
  const at = node.parse(schema)
  if (at.type === 'object') {
    const named = Object.entries(at.properties ?? {}).flatMap(([name, child]) => walk(child, [...path, name]))
    const open = typeof at.additionalProperties === 'object' ? walk(at.additionalProperties, [...path, '*']) : []
    return [...named, ...open]
  }
  const fallback = scalar.safeParse(at.default)
  return [
    {
      path,
      type: at.type,
      values: at.enum ?? null,
      fallback: fallback.success ? fallback.data : null,
      description: at.description,
      secret: at['x-secret'],
      base: at['x-path'],
      variable: at['x-env'] ?? variableOf(path),
    },
  ]
}

/** The JSON Schema (2020-12) of the file gongxiang.yaml. */
export function configJsonSchema(): object {
  return z.toJSONSchema(definition, { io: 'input' })
}

/** Every setting, in the order of the definition. */
export const SETTINGS: readonly Setting[] = walk(configJsonSchema(), [])

/** The setting of a concrete path, e.g. `departments.public-security.url`. */
export function settingAt(path: readonly PropertyKey[]): Setting | null {
  const fits = ({ path: pattern }: Setting): boolean =>
    pattern.length === path.length && pattern.every((part, at) => part === '*' || part === path[at])
  return SETTINGS.find(fits) ?? null
}
