import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { parseRegulation } from '../gateway/regime/clause-text.ts'
import type { Regulation } from '../gateway/regime/clause-text.ts'

/** IN: the gateway does or enforces it. SUP: it supports or evidences what people do. OUT: not for a gateway. */
const SCOPES = ['IN', 'SUP', 'OUT'] as const
type Scope = (typeof SCOPES)[number]

/** One row of docs/law/requirements, or an invariant. */
export interface Row {
  readonly id: string
  /** Name of the regulation's file (`zhongshan`), or `invariants`. */
  readonly regime: string
  readonly area: string
  readonly scope: Scope
  /** What the clause says, with its own words in 「…」. */
  readonly says: string
  /** What the gateway must do. */
  readonly must: string
}

/** What docs/law holds. */
export interface Law {
  readonly rows: readonly Row[]
  /** The texts themselves, by the name of the regulation's file. */
  readonly texts: ReadonlyMap<string, Regulation>
  /** Row ID → what is missing and where it belongs: rows that no test names, and rows of which tests prove a part. */
  readonly notYet: ReadonlyMap<string, string>
  readonly inPart: ReadonlyMap<string, string>
  readonly numbers: z.infer<typeof NUMBERS>
  readonly ambiguities: number
}

const TEXT = z.string().trim().min(1)
const REQUIREMENT = z
  .strictObject({ id: TEXT, says: TEXT, must: TEXT, area: TEXT, scope: z.enum(SCOPES), because: TEXT.optional() })
  .refine(({ scope, because }) => (scope === 'OUT') === (because !== undefined), 'OUT, and only OUT, says `because`')
const REGULATION = z.strictObject({
  title: z.strictObject({ zh: TEXT, en: TEXT }),
  prefix: z.enum(['ZS', 'HZ', 'NT', 'FS', 'ZJ', 'R809']),
  chapters: z.array(z.strictObject({ title: TEXT, rows: z.array(REQUIREMENT).min(1) })).min(1),
})
const INVARIANTS = z.array(
  z.strictObject({ id: z.string().regex(/^INV-\d+$/), holds: TEXT, clauses: z.array(TEXT).min(1) }),
)
const AMBIGUITIES = z.array(z.strictObject({ id: TEXT, where: TEXT, problem: TEXT, handling: TEXT }))
const COUNT = z.strictObject({ rows: z.int(), IN: z.int(), SUP: z.int(), OUT: z.int() })
const NUMBERS = z.strictObject({
  regimes: z.record(z.string(), COUNT),
  areas: z.record(z.string(), COUNT),
  invariants: z.int(),
  ambiguities: z.int(),
})
const REASONS = z.record(z.string(), TEXT)

/** Reads docs/law and schema/regulations below `root`. @throws Error that names the file where one is absent or breaks its shape */
export async function readLaw(root: string): Promise<Law> {
  const folder = path.join(root, 'docs/law')
  const names = (await readdir(path.join(folder, 'requirements'))).filter((name) => name.endsWith('.yaml')).toSorted()
  const regulations = await Promise.all(names.map((name) => readRegulation(folder, name)))
  const invariants = await read(INVARIANTS, folder, 'invariants.yaml')
  return {
    rows: [...regulations.flat(), ...invariants.map(invariantRow)],
    texts: new Map(await Promise.all(names.map((name) => readText(root, path.basename(name, '.yaml'))))),
    notYet: new Map(Object.entries(await read(REASONS, folder, 'not-yet.yaml'))),
    inPart: new Map(Object.entries(await read(REASONS, folder, 'in-part.yaml'))),
    numbers: await read(NUMBERS, folder, 'numbers.yaml'),
    ambiguities: (await read(AMBIGUITIES, folder, 'ambiguities.yaml')).length,
  }
}

async function readRegulation(folder: string, name: string): Promise<readonly Row[]> {
  const { prefix, chapters } = await read(REGULATION, folder, `requirements/${name}`)
  const rows = chapters.flatMap((chapter) => chapter.rows)
  const stranger = rows.find(({ id }) => !id.startsWith(`${prefix}-`))
  if (stranger) throw new Error(`docs/law/requirements/${name}: ${stranger.id} is a clause of another regulation`)
  const regime = path.basename(name, '.yaml')
  return rows.map(({ id, area, scope, says, must }) => ({ id, regime, area, scope, says, must }))
}

async function readText(root: string, regime: string): Promise<readonly [string, Regulation]> {
  return [regime, parseRegulation(await readFile(path.join(root, 'schema/regulations', `${regime}.txt`), 'utf8'))]
}

/** An invariant is asked of the gateway whatever the regulation. */
function invariantRow({ id, holds }: z.infer<typeof INVARIANTS>[number]): Row {
  return { id, regime: 'invariants', area: 'invariants', scope: 'IN', says: '', must: holds }
}

async function read<T>(shape: z.ZodType<T>, folder: string, name: string): Promise<T> {
  // `{}` stands for a file that holds comments only.
  const content: unknown = parse(await readFile(path.join(folder, name), 'utf8')) ?? {}
  const result = shape.safeParse(content)
  if (result.success) return result.data
  throw new Error(`docs/law/${name}: ${z.prettifyError(result.error)}`)
}
