import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { parseYaml, parseYamlText } from '../config/yaml.ts'
import type { Origin } from '../config/fault.ts'
import { documentHash } from '../request/registered-operation.ts'
import type { OperationSource } from '../request/operations.ts'
import type { RegisteredOperation } from '../request/registered-operation.ts'
import { holdsIdNumber } from '../vocabulary/id-number.ts'
import { followFile } from './followed-file.ts'

const code = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/)

/** A file in the register's own folder or below: no path leads out of it. */
const besideRegister = z
  .string()
  .regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/, { error: 'expected the path of a file in the folder of the register' })

const entry = z
  .strictObject({
    id: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: 'expected an id of letters, digits, ".", "_", "-"' }),
    department: code,
    application: code,
    matter: code,
    document: z.string().min(1).optional(),
    file: besideRegister.optional(),
    operationName: z
      .string()
      .regex(/^[A-Za-z_]\w*$/, { error: 'expected the name of an operation' })
      .nullable()
      .default(null),
  })
  .superRefine((one, context) => {
    if ((one.document === undefined) === (one.file === undefined))
      context.addIssue({ code: 'custom', path: [], message: 'has a document or a file: one of them' })
    // Ids stand in the audit record, which holds nobody's number (HZ-47.2).
    if (holdsIdNumber(one.id)) context.addIssue({ code: 'custom', path: ['id'], message: "holds a citizen's number" })
  })

const register = z.strictObject({ operations: z.array(entry) })

/** A register of operations as it was read. */
export interface OperationRegister {
  /** In the order of the file, faulty ones too. */
  readonly operations: readonly RegisteredOperation[]
  /** Where a path stands in the register's file. */
  readonly locate: (path: readonly (string | number)[]) => Origin
}

/** The register of operations, followed. */
export interface OperationFiles extends OperationSource {
  /** What `current` lists, with its places. */
  register(): OperationRegister
  close(): void
}

/**
 * Reads a register of operations and the documents beside it. A document that is missing, or not UTF-8, takes its own
 * entry out of force and no other.
 *
 * @throws ConfigFault with file, line and column of everything that is no register
 */
export function readOperations(file: string, text: string): OperationRegister {
  const { operations } = parseYaml(text, file, register)
  const listed = operations.map(({ document, file: beside, ...one }): RegisteredOperation => {
    const exact = document ?? readDocument(join(dirname(file), beside ?? ''))
    return Object.freeze({ ...one, document: exact, hash: documentHash(exact) })
  })
  const yaml = parseYamlText(text, file)
  return { operations: listed, locate: (path) => yaml.locate(path) }
}

/** Milliseconds between looks. */
const INTERVAL = 1_000

/**
 * Follows a register and its documents. One that cannot be read leaves the last good one in force.
 *
 * @throws ConfigFault, or the error of the file system, at opening only
 */
export function openOperationFiles(path: string): OperationFiles {
  const followed = followFile({
    path,
    subject: 'operations',
    interval: INTERVAL,
    beside: (text) => documentFiles(path, text),
    parse: (text) => readOperations(path, text),
    onChange: () => {},
  })
  return {
    current: () => followed.current().operations,
    register: () => followed.current(),
    close: () => followed.close(),
  }
}

/** Exactly as its bytes are, a byte-order mark included: another tool's SHA-256 of the file is this one. */
function readDocument(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path))
  } catch {
    return ''
  }
}

/** Files that a register names, whatever else is wrong with it. */
function documentFiles(path: string, text: string): readonly string[] {
  const names = z.object({ operations: z.array(z.object({ file: besideRegister.optional().catch(undefined) })) })
  try {
    const found = names.safeParse(parseYamlText(text, path).value)
    return (found.data?.operations ?? []).flatMap(({ file }) => (file === undefined ? [] : [join(dirname(path), file)]))
  } catch {
    // No YAML at all: parsing it tells.
    return []
  }
}
