import { Failure } from '../../gateway/vocabulary/failure.ts'
import { canonicalNumber, to15 } from '../../gateway/vocabulary/id-number.ts'
import { ID_DOCUMENT_TYPES } from './register.ts'
import type { DocumentTypeSource, IdDocumentType, PersonKey, Register, Row } from './register.ts'

/** The key of a reference in one form; throws `BAD_USER_INPUT` where it is not a person's key. */
export function personKey(reference: Readonly<Record<string, unknown>>): PersonKey {
  const type = ID_DOCUMENT_TYPES.find((known) => known === reference['idDocumentType'])
  const number = reference['idDocumentNumber']
  if (type === undefined || typeof number !== 'string' || number.length > 64) {
    throw new Failure('BAD_USER_INPUT', { detail: 'A representation of Person lacks its key' })
  }
  return { idDocumentType: type, idDocumentNumber: canonicalNumber(type, number) }
}

/** A text that is equal for equal keys. */
export function keyText(key: PersonKey): string {
  return `${key.idDocumentType}:${key.idDocumentNumber}`
}

/** The columns that find the person again in the rows. */
export function keyColumns(register: Register): readonly string[] {
  const { documentType, number } = register.key
  return documentType.kind === 'COLUMN' ? [documentType.column, number] : [number]
}

/** Whether the source can know a person by this kind of document at all. */
export function canHold(register: Register, key: PersonKey): boolean {
  const source = register.key.documentType
  return source.kind === 'CONSTANT'
    ? source.value === key.idDocumentType
    : Object.values(source.codes).includes(key.idDocumentType)
}

/** Every number under which the source may hold these persons. */
export function storedNumbers(register: Register, keys: readonly PersonKey[]): readonly string[] {
  const numbers = new Set<string>()
  for (const key of keys) {
    numbers.add(key.idDocumentNumber)
    const old = register.key.oldNumbers && key.idDocumentType === 'RESIDENT_ID' ? to15(key.idDocumentNumber) : null
    if (old !== null) numbers.add(old)
  }
  return [...numbers]
}

/** The source's own codes for these persons' kinds of document. */
export function storedTypes(source: DocumentTypeSource, keys: readonly PersonKey[]): readonly string[] {
  if (source.kind === 'CONSTANT') return []
  const wanted = new Set<IdDocumentType>(keys.map((key) => key.idDocumentType))
  return Object.entries(source.codes)
    .filter(([, type]) => wanted.has(type))
    .map(([code]) => code)
}

/** The key text of the person to whom a row belongs, or null where the row names none. */
export function ownerOf(register: Register, row: Row): string | null {
  const source = register.key.documentType
  const type = source.kind === 'CONSTANT' ? source.value : typeOfCode(source.codes, row[source.column])
  const number = row[register.key.number]
  if (type === undefined || typeof number !== 'string' || number === '') return null
  return keyText({ idDocumentType: type, idDocumentNumber: canonicalNumber(type, number) })
}

function typeOfCode(codes: Readonly<Record<string, IdDocumentType>>, code: unknown): IdDocumentType | undefined {
  return typeof code === 'string' && Object.hasOwn(codes, code) ? codes[code] : undefined
}

/** Rows by person. Where a register with one row a person has both an old and a new number, the new one counts. */
export function rowsByPerson(register: Register, rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const found = new Map<string, Row[]>()
  for (const row of rows) {
    const owner = ownerOf(register, row)
    if (owner === null) continue
    const list = found.get(owner)
    if (list === undefined) found.set(owner, [row])
    else if (register.rows === 'MANY') list.push(row)
    else if (owner.endsWith(`:${String(row[register.key.number])}`)) list[0] = row
  }
  return found
}
