import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What may be logged of an error: never its message, which may quote a value. */
export interface ErrorFacts {
  /** Class name. */
  readonly name: string
  /** Error code, e.g. `ECONNREFUSED`, `UNAUTHENTICATED`; null where there is none. */
  readonly code: string | null
  /** Call sites in our own files and in node, innermost first, as `file:line:column`. */
  readonly stack: readonly string[]
  /** Of a bad file: where each fault stands, `file:line:column setting`; what is wrong there, `gongxiang doctor` tells. */
  readonly places?: readonly string[]
  readonly cause: ErrorFacts | null
}

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const NAME = /^[A-Za-z_$][A-Za-z_$]{0,63}$/
/** Codes of node and of ours, and the five characters of SQLSTATE. */
const CODE = /^(?!.*\d{6})(?:[A-Z][A-Z0-9_]{1,63}|[0-9A-Z]{5})$/
/** A place at the end of a line; the path is checked against the places where code can be. */
const PLACE = /^\s+at (?:.*\()?((?:file:\/\/|node:|\/)[\w@./+-]+):(\d{1,6}):(\d{1,6})\)?$/
/** Digits as long as the shortest number of a person: not a path of ours. */
const LONG_NUMBER = /\d{6}/
const DEPTH = 3
const FRAMES = 20

function property(error: object, name: string): unknown {
  try {
    return Reflect.get(error, name)
  } catch {
    // A getter or a proxy of a foreign error may throw; it must not hide the failure that is being described.
    return undefined
  }
}

/** The place of a stack line, or nothing: a message can be made to look like one, so only known places pass. */
function placeOf(line: string): readonly string[] {
  const [, path, row, column] = PLACE.exec(line) ?? []
  if (path === undefined || LONG_NUMBER.test(path)) return []
  if (path.startsWith('node:')) return [`${path}:${row}:${column}`]
  const file = path.startsWith('file://') ? path.slice('file://'.length) : path
  const inside = relative(ROOT, file)
  return inside.startsWith('..') ? [] : [`${inside}:${row}:${column}`]
}

/** The part of a stack after its message: exactly cut where V8 put name and message first. */
function framesOf(error: object): readonly string[] {
  const stack = property(error, 'stack')
  const message = property(error, 'message')
  if (typeof stack !== 'string') return []
  const at = typeof message === 'string' && message !== '' ? stack.indexOf(message) : -1
  const rest = typeof message === 'string' && at >= 0 ? stack.slice(at + message.length) : stack
  return rest.split('\n').flatMap(placeOf).slice(0, FRAMES)
}

/** Settings that may be named: their words are the schema's, but for the keys of a list by name. */
const SETTING = /^[\w.-]{0,200}$/

/** The places of a bad file's faults (ConfigFault), without what is wrong: a message of the parser may quote a value. */
function faultPlaces(error: object): readonly string[] {
  const faults = property(error, 'faults')
  if (!Array.isArray(faults)) return []
  return faults.slice(0, FRAMES).flatMap((fault: unknown) => {
    if (typeof fault !== 'object' || fault === null) return []
    const [origin, path] = [property(fault, 'origin'), property(fault, 'path')]
    if (typeof origin !== 'object' || origin === null) return []
    const [file, line, column] = ['file', 'line', 'column'].map((name) => property(origin, name))
    if (typeof file !== 'string' || typeof line !== 'number' || typeof column !== 'number') return []
    const setting = typeof path === 'string' && SETTING.test(path) && !LONG_NUMBER.test(path) ? ` ${path}` : ''
    return [`${file}:${line}:${column}${setting}`.trimEnd()]
  })
}

function word(value: unknown, shape: RegExp): string | null {
  return typeof value === 'string' && shape.test(value) ? value : null
}

function describe(error: unknown, depth: number): ErrorFacts {
  if (typeof error !== 'object' || error === null) return { name: typeof error, code: null, stack: [], cause: null }
  const cause = property(error, 'cause')
  const places = faultPlaces(error)
  return {
    name: word(property(error, 'name'), NAME) ?? 'Error',
    code: word(property(error, 'code'), CODE),
    stack: framesOf(error),
    ...(places.length > 0 ? { places } : {}),
    cause: cause === undefined || depth === 0 ? null : describe(cause, depth - 1),
  }
}

/** Describes anything thrown, by class, code and place; nothing of its message or of its other properties. */
export function describeError(error: unknown): ErrorFacts {
  return describe(error, DEPTH)
}
