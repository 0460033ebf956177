import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import type { ParseResult } from 'oxc-parser'

/** A parsed TypeScript file; `path` is relative to the root, with forward slashes. */
export interface SourceFile {
  readonly path: string
  readonly text: string
  readonly parsed: ParseResult
}

/** One import of a file: static, type-only, dynamic, `export from`, `import('x').T`, or a worker's file URL. */
export interface Import {
  readonly from: string
  /** As written. */
  readonly specifier: string
  /** Path relative to the root where the specifier is relative; null for packages and `node:` modules. */
  readonly target: string | null
  readonly line: number
}

/** Folders that hold no code of ours. */
const SKIPPED = new Set(['node_modules', '.git', '.gongxiang', 'coverage', 'dist'])

/** Paths of all files under `root`, relative to it, sorted; dependencies, Git and generated state left out. */
export async function listFiles(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true })
  const nested = await Promise.all(
    entries
      .filter((entry) => !SKIPPED.has(entry.name))
      .map(async (entry) => {
        if (!entry.isDirectory()) return entry.isFile() ? [entry.name] : []
        const below = await listFiles(path.join(root, entry.name))
        return below.map((file) => `${entry.name}/${file}`)
      }),
  )
  return nested.flat().sort()
}

/** Every TypeScript file under `root`, parsed. */
export async function readSources(root: string): Promise<readonly SourceFile[]> {
  const files = (await listFiles(root)).filter((file) => /\.tsx?$/.test(file))
  return Promise.all(files.map(async (file) => parseSource(file, await readFile(path.join(root, file), 'utf8'))))
}

/** Parses one file, from disk or virtual. Throws where it is no TypeScript: an unread file must not pass a gate. */
export function parseSource(file: string, text: string): SourceFile {
  const parsed = parseSync(file, text)
  const fault = parsed.errors.find((error) => error.severity === 'Error')
  if (fault) throw new Error(`${file}: ${fault.message}`)
  return { path: file, text, parsed }
}

/** All imports of a file, in order of appearance. */
export function importsOf(file: SourceFile): readonly Import[] {
  const found: { specifier: string; start: number }[] = []
  const add = (source: { value?: unknown; start: number } | null): void => {
    if (source && typeof source.value === 'string') found.push({ specifier: source.value, start: source.start })
  }
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(constantOf(node.source)),
    TSImportType: (node) => add(node.source),
    TSExternalModuleReference: (node) => add(node.expression),
    NewExpression: (node) => {
      const [first] = node.arguments
      // new URL('./worker.ts', import.meta.url) starts code as surely as an import does.
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'URL' || !first) return
      const literal = constantOf(first)
      if (literal && /^\.{1,2}\/.*\.tsx?$/.test(String(literal.value))) add(literal)
    },
  }).visit(file.parsed.program)
  return found
    .sort((a, b) => a.start - b.start)
    .map(({ specifier, start }) => ({
      from: file.path,
      specifier,
      target: resolve(file.path, specifier),
      line: lineOf(file.text, start),
    }))
}

/** Line number, from 1, of a character offset. */
export function lineOf(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return line
}

/** A string literal, or a template without expressions. */
function constantOf(node: { type: string; start: number }): { value: unknown; start: number } | null {
  if (node.type === 'Literal' && 'value' in node) return { value: node.value, start: node.start }
  if (node.type !== 'TemplateLiteral' || !('quasis' in node) || !Array.isArray(node.quasis)) return null
  const parts: readonly unknown[] = node.quasis
  const [only] = parts
  if (parts.length !== 1 || !hasCookedText(only)) return null
  return { value: only.value.cooked, start: node.start }
}

function hasCookedText(part: unknown): part is { value: { cooked: string } } {
  if (typeof part !== 'object' || part === null || !('value' in part)) return false
  return typeof part.value === 'object' && part.value !== null && 'cooked' in part.value
}

function resolve(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(from), specifier) : null
}
