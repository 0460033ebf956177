import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncDirectory } from './audit-lock.ts'
import { codeOf } from './audit-owner.ts'
import type { AnchorStore } from './anchor-store.ts'

/** Milliseconds for one exchange: a share whose server is gone answers nothing, for ever. */
const TIMEOUT = 10_000

/**
 * A folder as a second place, such as a share of another department. Each checkpoint is a file of its own, whole and
 * flushed before it has its name, and never written again. The folder itself must be there: an unmounted share is no
 * second place.
 */
export function folderAnchor(directory: string, timeout = TIMEOUT): AnchorStore {
  const at = (name: string): string => join(directory, name)
  const within = oneAtATime(timeout)

  async function put(name: string, text: string): Promise<'stored' | 'exists'> {
    await readdir(directory)
    const folder = dirname(at(name))
    await makeFolders(directory, name)
    const draft = join(folder, `.${randomBytes(6).toString('hex')}.tmp`)
    try {
      await writeDurably(draft, text)
      return await nameOnce(draft, at(name))
    } finally {
      await rm(draft, { force: true })
      await syncDirectory(folder)
    }
  }

  async function names(below: string): Promise<readonly string[]> {
    // The folder itself is not taken for empty where it is gone.
    if (below !== '') await readdir(directory)
    const found = await readdir(at(below), { withFileTypes: true }).catch((error: unknown) => {
      if (below !== '' && codeOf(error) === 'ENOENT') return []
      throw error
    })
    return found.map((one) => (one.isDirectory() ? `${one.name}/` : one.name)).toSorted()
  }

  return {
    name: 'folder',
    put: (name, text) => within(() => put(name, text)),
    get: (name) => within(() => readFile(at(name), 'utf8').catch((error: unknown) => nothing(error))),
    names: (below) => within(() => names(below)),
  }
}

/**
 * Gives calls of the file system a time limit. One that hangs cannot be called off and keeps a thread that the record
 * itself may need: so nothing more is asked of the folder until it has ended.
 */
function oneAtATime(timeout: number): <T>(call: () => Promise<T>) => Promise<T> {
  let hanging = 0
  return async (call) => {
    if (hanging > 0) throw noAnswer()
    const { promise, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      hanging += 1
      const ended = (): void => void (hanging -= 1)
      called.then(ended, ended)
      reject(noAnswer())
    }, timeout)
    const called = call()
    return Promise.race([called, promise]).finally(() => clearTimeout(timer))
  }
}

function noAnswer(): Error {
  return Object.assign(new Error('the folder does not answer'), { code: 'ETIMEDOUT' })
}

function nothing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null
  throw error
}

async function makeFolders(directory: string, name: string): Promise<void> {
  let folder = directory
  for (const part of name.split('/').slice(0, -1)) {
    const above = folder
    folder = join(folder, part)
    try {
      await mkdir(folder)
      await syncDirectory(above)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o444)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function nameOnce(draft: string, path: string): Promise<'stored' | 'exists'> {
  try {
    await link(draft, path)
    return 'stored'
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'exists'
    throw error
  }
}
