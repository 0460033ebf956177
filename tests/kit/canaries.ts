import { open, readdir } from 'node:fs/promises'
import path from 'node:path'
import { hiddenContents } from './canary-contents.ts'
import { formsOf } from './canary-forms.ts'
import type { Canary } from './canary-forms.ts'
import { prepare } from './needles.ts'
import type { Needles } from './needles.ts'

/** A folder with this file in it holds a department's own data, where persons are known by name: it is not searched. */
export const DEPARTMENT_DATA_MARKER = '.department-data'

/** A canary that was seen. The value itself is not repeated. */
export interface Finding {
  readonly file: string
  readonly canary: string
  readonly encoding: string
  /** Bytes from the beginning of the file; -1 where the file's name holds it. */
  readonly offset: number
}

const CHUNK_BYTES = 1 << 20

/**
 * Searches every regular file under the directories, contents and names, for every form of every canary; packed files and
 * databases by what is in them as well.
 * One finding per file, canary and encoding. Files that vanish meanwhile are skipped.
 */
export async function scanForCanaries(
  directories: readonly string[],
  canaries: readonly Canary[],
): Promise<readonly Finding[]> {
  const needles = prepare(canaries.flatMap(formsOf))
  const findings: Finding[] = []
  for (const directory of directories) {
    for await (const file of filesUnder(directory)) findings.push(...(await scanFile(file, needles)))
  }
  return findings
}

async function* filesUnder(directory: string): AsyncGenerator<string> {
  const entries = await orElse(readdir(directory, { withFileTypes: true }), [])
  if (entries.some((entry) => entry.name === DEPARTMENT_DATA_MARKER)) return
  for (const entry of entries) {
    const full = path.join(directory, entry.name)
    if (entry.isDirectory()) yield* filesUnder(full)
    else if (entry.isFile()) yield full
  }
}

async function scanFile(file: string, needles: Needles): Promise<readonly Finding[]> {
  const own = await scanBytes(file, needles)
  const inside = (await hiddenContents(file)).flatMap(({ name, bytes }) =>
    firstOfEach(
      needles.find(bytes, bytes.length).map(({ form, offset }) => ({
        file: `${file}${name}`,
        canary: form.canary,
        encoding: form.encoding,
        offset,
      })),
    ),
  )
  return [...own, ...inside]
}

/** One finding per canary and encoding. */
function firstOfEach(findings: readonly Finding[]): readonly Finding[] {
  const first = new Map<string, Finding>()
  for (const one of findings.toSorted((a, b) => a.offset - b.offset)) {
    const key = `${one.canary}/${one.encoding}`
    if (!first.has(key)) first.set(key, one)
  }
  return [...first.values()]
}

async function scanBytes(file: string, needles: Needles): Promise<readonly Finding[]> {
  const first = new Map<string, Finding>()
  const report = (bytes: Uint8Array, length: number, start: number): void => {
    for (const { form, offset } of needles.find(bytes, length)) {
      const finding = { file, canary: form.canary, encoding: form.encoding, offset: start + offset }
      const key = `${form.canary}/${form.encoding}`
      if (!first.has(key)) first.set(key, finding)
    }
  }
  const name = Buffer.from(path.basename(file))
  for (const { form } of needles.find(name, name.length)) {
    first.set(`${form.canary}/${form.encoding}`, { file, canary: form.canary, encoding: form.encoding, offset: -1 })
  }
  await readInChunks(file, needles.longest - 1, report)
  return [...first.values()]
}

/** Gives each chunk with the last `overlap` bytes of the one before, so that nothing hides on a border. */
async function readInChunks(
  file: string,
  overlap: number,
  use: (bytes: Uint8Array, length: number, start: number) => void,
): Promise<void> {
  const handle = await orElse(open(file, 'r'), null)
  if (!handle) return
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES + overlap)
    let kept = 0
    for (let position = 0; ;) {
      const { bytesRead } = await handle.read(buffer, kept, CHUNK_BYTES, position)
      if (bytesRead === 0) return
      const length = kept + bytesRead
      use(buffer, length, position - kept)
      position += bytesRead
      kept = Math.min(overlap, length)
      buffer.copyWithin(0, length - kept, length)
    }
  } finally {
    await handle.close()
  }
}

async function orElse<Value, Other>(promise: Promise<Value>, other: Other): Promise<Value | Other> {
  try {
    return await promise
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return other
    throw error
  }
}
