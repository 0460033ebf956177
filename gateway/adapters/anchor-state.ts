import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { publishFailure } from '../observe/channels.ts'

/** What a second place has confirmed last. */
export interface ConfirmedAnchor {
  readonly size: number
  /** Root of the tree, base64. */
  readonly root: string
  /** ISO 8601 instant. */
  readonly at: string
}

/** Keeps over a restart what was confirmed: a folder that was put back to an older state is noticed by it. */
export interface AnchorState {
  load(): ConfirmedAnchor | null
  /** Its failure is told and stops nothing: the second place itself knows best. */
  save(confirmed: ConfirmedAnchor): void
}

const shape = z.strictObject({ size: z.int().min(0), root: z.string(), at: z.iso.datetime() })

/** File of what a second place has confirmed of a chain. */
export function anchorStateFile(stateDirectory: string, chain: string, anchor: string): string {
  return join(stateDirectory, 'anchors', `${chain}.${anchor}.json`)
}

/** What is kept; null where nothing is, or nothing that can be read. */
export function readAnchorState(path: string): ConfirmedAnchor | null {
  try {
    return shape.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? null
  } catch {
    return null
  }
}

/** A state in a file of its own. */
export function anchorStateIn(path: string): AnchorState {
  return {
    load: () => readAnchorState(path),
    save(confirmed) {
      try {
        replace(path, JSON.stringify(confirmed))
      } catch (error) {
        publishFailure(() => ({ receipt: null, where: 'audit anchor state', code: null, error }))
      }
    },
  }
}

function replace(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}.tmp`
  const file = openSync(draft, 'w', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
}
