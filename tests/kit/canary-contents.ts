import { open, readFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import { fromBufferPromise } from 'yauzl'
import type { Entry, ZipFile } from 'yauzl'

/** What a file or a member of it holds that its own bytes do not show. */
interface Content {
  /** What is in it, e.g. `!xl/sharedStrings.xml`; put behind the file's name. */
  readonly name: string
  readonly bytes: Buffer
}

/** Bytes that are unpacked of one file at most: what is larger was not written by a test. */
const MOST = 256 * 1024 * 1024

/** Packed within packed, so deep and no deeper. */
const DEPTH = 3

const SQLITE = Buffer.from('SQLite format 3\0')

/**
 * The contents of a packed file, by its first bytes and not by its name: members of gzip and zip (spreadsheets are zip),
 * and every value of an SQLite database, where a long text is cut into pages. Empty for all others, and for a file that
 * is not whole: its own bytes are searched all the same.
 */
export async function hiddenContents(file: string): Promise<readonly Content[]> {
  const head = await headOf(file)
  if (head.subarray(0, SQLITE.length).equals(SQLITE)) return valuesOf(file)
  return isPacked(head) ? unpack(await readFile(file), '', DEPTH) : []
}

function isPacked(bytes: Buffer): boolean {
  return isGzip(bytes) || isZip(bytes)
}

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b
const isZip = (bytes: Buffer): boolean => bytes.subarray(0, 4).toString('latin1') === 'PK\x03\x04'

async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file, 'r').catch(() => null)
  if (handle === null) return Buffer.alloc(0)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

async function unpack(bytes: Buffer, name: string, depth: number): Promise<readonly Content[]> {
  if (depth === 0) return []
  try {
    const members = isGzip(bytes)
      ? [{ name: `${name}!gzip`, bytes: gunzipSync(bytes, { maxOutputLength: MOST }) }]
      : await membersOf(bytes, name)
    // The name of a member is a place for a value too.
    const names = members.map((one) => ({ name: one.name, bytes: Buffer.from(one.name) }))
    const deeper = await Promise.all(
      members.filter((one) => isPacked(one.bytes)).map((one) => unpack(one.bytes, one.name, depth - 1)),
    )
    return [...members, ...names, ...deeper.flat()]
  } catch {
    return []
  }
}

async function membersOf(bytes: Buffer, name: string): Promise<readonly Content[]> {
  const zip = await fromBufferPromise(bytes)
  const found: Content[] = []
  for await (const entry of zip.eachEntry()) {
    const content = entry.uncompressedSize > MOST ? Buffer.alloc(0) : await memberOf(zip, entry)
    found.push({ name: `${name}!${entry.fileName}`, bytes: content })
  }
  return found
}

async function memberOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks)
}

function valuesOf(file: string): readonly Content[] {
  let database: DatabaseSync | null = null
  try {
    const opened = new DatabaseSync(file, { readOnly: true })
    database = opened
    const tables = opened.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
    return tables.flatMap(({ name }) => (typeof name === 'string' ? [tableOf(opened, name)] : []))
  } catch {
    return []
  } finally {
    database?.close()
  }
}

function tableOf(database: DatabaseSync, table: string): Content {
  const values: Buffer[] = []
  for (const row of database.prepare(`SELECT * FROM "${table.replaceAll('"', '""')}"`).iterate())
    for (const value of Object.values(row)) {
      if (value === null) continue
      values.push(value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value)), Buffer.from('\n'))
    }
  return { name: `!${table}`, bytes: Buffer.concat(values) }
}
