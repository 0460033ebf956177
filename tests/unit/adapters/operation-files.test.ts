import { mkdtempSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { demoPeople } from '../../../city/demo-people.ts'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openOperationFiles, readOperations } from '../../../gateway/adapters/operation-files.ts'
import type { OperationFiles } from '../../../gateway/adapters/operation-files.ts'
import { ConfigFault } from '../../../gateway/config/fault.ts'
import { documentHash } from '../../../gateway/request/registered-operation.ts'

const entry = (id: string, more: string): string =>
  `  - { id: ${id}, department: housing, application: desk, matter: M, ${more} }\n`
const register = (...entries: readonly string[]): string => `operations:\n${entries.join('')}`

let folder: string
const closers: (() => void)[] = []
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gx-operations-'))
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(() => {
  for (const close of closers.splice(0)) close()
  vi.useRealTimers()
  rmSync(folder, { recursive: true })
})

const at = (name: string): string => path.join(folder, name)

/** As editors do: the whole file at once, under its name. */
function replace(name: string, text: string | Uint8Array): void {
  writeFileSync(at(`${name}.new`), text)
  renameSync(at(`${name}.new`), at(name))
  vi.advanceTimersByTime(1_000)
}

function open(): OperationFiles {
  const files = openOperationFiles(at('operations.yaml'))
  closers.push(() => files.close())
  return files
}

function faults(text: string): readonly string[] {
  try {
    readOperations('o.yaml', text)
    return []
  } catch (error) {
    if (error instanceof ConfigFault) return error.message.split('\n')
    throw error
  }
}

describe('a register of operations', () => {
  test('has documents exactly as they are written, and their SHA-256', () => {
    writeFileSync(at('q.graphql'), '\ufeffquery Q {\r\n  name\r\n}\r\n')
    const inline =
      '  - id: O\n    department: housing\n    application: desk\n    matter: M\n    document: |\n      query O {\n        name\n      }\n'
    const { operations } = readOperations(
      at('operations.yaml'),
      register(inline, entry('P', 'file: q.graphql, operationName: Q')),
    )
    expect(operations.map(({ document }) => document)).toEqual([
      'query O {\n  name\n}\n',
      '\ufeffquery Q {\r\n  name\r\n}\r\n',
    ])
    // As sha256sum prints it of a file with these bytes.
    expect(operations.map(({ hash }) => hash)).toEqual([
      '2f8e06c35d0e3eeede372bc206149430052ce79e1652c2059c77d14747251a44',
      documentHash('\ufeffquery Q {\r\n  name\r\n}\r\n'),
    ])
    expect(operations.map(({ id, operationName }) => [id, operationName])).toEqual([
      ['O', null],
      ['P', 'Q'],
    ])
  })

  test('knows where its entries stand', () => {
    const { locate } = readOperations(
      'o.yaml',
      register(entry('O', 'document: "{ a }"'), entry('P', 'document: "{ b }"')),
    )
    expect(locate(['operations', 1, 'document'])).toMatchObject({ file: 'o.yaml', line: 3, column: 75 })
  })

  test.each([
    ['is missing', 'file: none.graphql'],
    ['is not UTF-8', 'file: latin.graphql'],
    ['is a folder', 'file: folder'],
  ])('with a document that %s has that entry without one, and the others', (_what, more) => {
    writeFileSync(at('latin.graphql'), Buffer.from([0x7b, 0xe9, 0x7d]))
    mkdirSync(at('folder'))
    const { operations } = readOperations(
      at('operations.yaml'),
      register(entry('O', more), entry('P', 'document: "{ b }"')),
    )
    expect(operations.map(({ document }) => document)).toEqual(['', '{ b }'])
  })

  test('tells every fault with its place', () => {
    expect(
      faults(
        register(
          entry('"a b"', 'document: "{ a }"'),
          entry(`n-${demoPeople.allThree.document.idDocumentNumber}`, 'document: "{ a }"'),
          entry('O', 'operationName: x'),
          entry('P', 'document: "{ a }", file: a.graphql'),
          entry('Q', 'file: ../parties.yaml'),
          entry('R', 'file: /etc/passwd'),
          entry('S', 'document: "{ a }", operationName: "1"'),
          entry('T', 'document: "{ a }", mode: OPEN'),
        ),
      ).map((line) => line.replace(/^o\.yaml:(\d+):\d+: operations\.\d+/, '$1')),
    ).toEqual([
      '2.id: expected an id of letters, digits, ".", "_", "-"',
      "3.id: holds a citizen's number",
      '4: has a document or a file: one of them',
      '5: has a document or a file: one of them',
      '6.file: expected the path of a file in the folder of the register',
      '7.file: expected the path of a file in the folder of the register',
      '8.operationName: expected the name of an operation',
      '9.mode: is no known setting',
    ])
  })
})

describe('a register that is followed', () => {
  test('changes with its text and with its documents', () => {
    writeFileSync(at('q.graphql'), '{ a }')
    writeFileSync(at('operations.yaml'), register(entry('O', 'file: q.graphql')))
    const files = open()
    const texts = () => files.current().map(({ id, document }) => [id, document])
    const first = files.current()
    vi.advanceTimersByTime(5_000)
    expect(files.current()).toBe(first)
    replace('q.graphql', '{ b }')
    expect(texts()).toEqual([['O', '{ b }']])
    replace('operations.yaml', register(entry('P', 'file: later.graphql')))
    expect(texts()).toEqual([['P', '']])
    replace('later.graphql', '{ c }')
    expect(texts()).toEqual([['P', '{ c }']])
  })

  test('leaves the last good one in force where it cannot be read', () => {
    writeFileSync(at('operations.yaml'), register(entry('O', 'document: "{ a }"')))
    const files = open()
    replace('operations.yaml', 'operations: [')
    expect(files.current().map(({ id }) => id)).toEqual(['O'])
    replace('operations.yaml', register(entry('P', 'document: "{ a }"')))
    expect(files.current().map(({ id }) => id)).toEqual(['P'])
  })

  test('is refused at the start where it is no register', () => {
    writeFileSync(at('operations.yaml'), 'operations: 7')
    expect(open).toThrow(/operations\.yaml:1:13: operations: /)
  })
})
