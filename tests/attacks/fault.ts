import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'
import { parse } from 'yaml'
import { z } from 'zod'

/** The root of the tree that faults are put into. */
export const ROOT = resolve(import.meta.dirname, '..', '..')
const FAULTS = join('tests', 'attacks', 'faults')

/** What parts the groups and the test in a test's name. */
export const STEP = ' > '

const detector = z.strictObject({
  /** Path of the test file. */
  file: z.string().regex(/^tests\/.+\.test\.ts$/),
  /** `group > test`, as the file writes them; a group alone stands for all of its tests. */
  test: z.string().min(1),
})
const fault = z.strictObject({
  id: z.string().regex(/^[A-Z]+(?:-[A-Z]+)?-\d{2}$/),
  /** What goes wrong, in one line. */
  title: z.string().min(1).max(160),
  file: z.string().regex(/^(?:gateway|subgraphs)\/.+\.ts$/),
  /** Text that stands in the file once. */
  find: z.string().min(1),
  replace: z.string(),
  detectedBy: z.array(detector).min(1),
})
const faultFile = z.strictObject({ faults: z.array(fault).min(1) })

/** A slip of one line in the product, and the attacks that notice it. */
export type Fault = Readonly<z.output<typeof fault>>
export type Detector = Readonly<z.output<typeof detector>>

/** Every fault, in the order of the files. @throws Error naming the file that has another shape */
export function readFaults(root = ROOT): readonly Fault[] {
  const files = readdirSync(join(root, FAULTS)).filter((name) => name.endsWith('.yaml'))
  return files.toSorted().flatMap((name) => {
    const result = faultFile.safeParse(parse(readFileSync(join(root, FAULTS, name), 'utf8')))
    if (!result.success) throw new Error(`${name}: ${z.prettifyError(result.error)}`)
    return result.data.faults
  })
}

/** A file of the tree with one fault in it. @throws Error where the place is not there, or there are several */
export function withFault({ id, file, find, replace }: Fault, text: string): string {
  const at = text.indexOf(find)
  if (at < 0) throw new Error(`${id}: ${file} has no ${JSON.stringify(find)}`)
  if (text.includes(find, at + 1)) throw new Error(`${id}: ${file} has ${JSON.stringify(find)} more than once`)
  return text.slice(0, at) + replace + text.slice(at + find.length)
}

/**
 * What is wrong with a list of faults: IDs that stand twice, places that are missing, not unique or two faults' own,
 * changes that are none or no TypeScript any more, tests that do not exist.
 */
export function complaintsAbout(faults: readonly Fault[], root = ROOT): readonly string[] {
  const textOf = remembered((file) => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : null))
  const ids = faults.map(({ id }) => id)
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} stands twice`)
  return [
    ...twice,
    ...faults.flatMap((one) => [...placeComplaints(one, textOf(one.file)), ...testComplaints(one, textOf)]),
    ...overlaps(faults, textOf),
  ]
}

function placeComplaints(one: Fault, text: string | null): readonly string[] {
  if (text === null) return [`${one.id}: there is no ${one.file}`]
  if (one.find === one.replace) return [`${one.id} changes nothing`]
  try {
    const { errors } = parseSync(one.file, withFault(one, text))
    return errors.slice(0, 1).map(({ message }) => `${one.id}: with it ${one.file} cannot be read: ${message}`)
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

function testComplaints({ id, detectedBy }: Fault, textOf: (file: string) => string | null): readonly string[] {
  return detectedBy.flatMap(({ file, test }) => {
    const text = textOf(file)
    if (text === null) return [`${id}: there is no ${file}`]
    return test.split(STEP).flatMap((step) => (text.includes(step) ? [] : [`${id}: ${file} has no "${step}"`]))
  })
}

/** Two faults in one place would be one fault counted twice. */
function overlaps(faults: readonly Fault[], textOf: (file: string) => string | null): readonly string[] {
  const places = faults.flatMap(({ id, file, find }) => {
    const from = textOf(file)?.indexOf(find) ?? -1
    return from < 0 ? [] : [{ id, file, from, to: from + find.length }]
  })
  return places.flatMap((one, at) =>
    places
      .slice(at + 1)
      .filter((other) => other.file === one.file && other.from < one.to && one.from < other.to)
      .map((other) => `${one.id} and ${other.id} are in one place of ${one.file}`),
  )
}

function remembered<T>(read: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>()
  return (key) => {
    const found = known.get(key) ?? read(key)
    known.set(key, found)
    return found
  }
}
