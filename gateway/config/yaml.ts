import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Document, Node } from 'yaml'
import type { z } from 'zod'
import { suggestion } from './closest.ts'
import { ConfigFault } from './fault.ts'
import type { Fault, Origin } from './fault.ts'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** A YAML file, read; knows where each of its values stands. */
export interface YamlText {
  readonly value: unknown
  /** Where the value of a path stands, or its key; of the nearest parent where it is absent. */
  locate(path: Path, want?: 'key' | 'value'): Origin
}

function childOf(node: unknown, step: PropertyKey): { readonly key: unknown; readonly value: unknown } | null {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
    return pair === undefined ? null : { key: pair.key, value: pair.value }
  }
  if (isSeq(node) && typeof step === 'number') {
    const value = node.items[step]
    return value === undefined ? null : { key: value, value }
  }
  return null
}

function offsetOf(node: unknown): number | null {
  const ranged: Partial<Pick<Node, 'range'>> | null = isScalar(node) || isMap(node) || isSeq(node) ? node : null
  return ranged?.range?.[0] ?? null
}

function offsetAt(contents: unknown, path: Path, want: 'key' | 'value'): number {
  let offset = offsetOf(contents) ?? 0
  let node = contents
  for (const [at, step] of path.entries()) {
    const child = childOf(node, step)
    if (child === null) return offset
    const keyWanted = want === 'key' && at === path.length - 1
    offset = (keyWanted ? offsetOf(child.key) : (offsetOf(child.value) ?? offsetOf(child.key))) ?? offset
    node = child.value
  }
  return offset
}

/** Plain data; aliases that multiply each other, or name nothing, are refused. */
function plainValue(document: Document.Parsed, origin: Origin): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    return value
  } catch (error) {
    throw new ConfigFault([{ origin, path: '', message: error instanceof Error ? error.message : 'cannot be read' }])
  }
}

/**
 * Parses one YAML 1.2 document; keys that appear twice are refused.
 * @param file name for messages
 * @throws ConfigFault with every syntax error
 */
export function parseYamlText(text: string, file: string): YamlText {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const originAt = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset)
    return { kind: 'file', file, line, column: col }
  }
  if (document.errors.length > 0)
    throw new ConfigFault(document.errors.map(({ pos, message }) => ({ origin: originAt(pos[0]), path: '', message })))
  const value = plainValue(document, originAt(0))
  return { value, locate: (path, want = 'value') => originAt(offsetAt(document.contents, path, want)) }
}

function nameOf(path: Path): string {
  return path.map(String).join('.')
}

function messageOf(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined && issue.message.endsWith('received undefined'))
    return 'is missing'
  return issue.message.replace(/^Invalid input: /, '').replace(/^Invalid option: /, '')
}

/** Faults of one schema issue; `locate` says where a path was written, `known` which keys an object takes. */
export function faultsOf(
  issue: Issue,
  locate: (path: Path, want: 'key' | 'value') => Origin,
  known: (path: Path) => readonly string[] = () => [],
): readonly Fault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const path = [...issue.path, key]
      const message = `is no known setting${suggestion(key, known(issue.path))}`
      return { origin: locate(path, 'key'), path: nameOf(path), message }
    })
  if (issue.code === 'invalid_key')
    return [
      {
        origin: locate(issue.path, 'key'),
        path: nameOf(issue.path),
        message: issue.issues[0]?.message ?? issue.message,
      },
    ]
  return [{ origin: locate(issue.path, 'value'), path: nameOf(issue.path), message: messageOf(issue) }]
}

/**
 * Parses and checks a YAML file, for registers as for the configuration.
 * @throws ConfigFault with file, line and column of every fault
 */
export function parseYaml<T>(text: string, file: string, schema: z.ZodType<T>): T {
  const yaml = parseYamlText(text, file)
  // An empty file has no fault of its own: what is missing in it is told.
  const parsed = schema.safeParse(yaml.value ?? {})
  if (parsed.success) return parsed.data
  throw new ConfigFault(
    parsed.error.issues.flatMap((issue) => faultsOf(issue, (path, want) => yaml.locate(path, want))),
  )
}
