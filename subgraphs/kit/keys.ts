import { Failure } from '../../gateway/vocabulary/failure.ts'
import { canonicalNumber, to15 } from '../../gateway/vocabulary/id-number.ts'
import { canonicalIdentifier } from '../../gateway/vocabulary/uscc.ts'
import { read } from './decode.ts'
import { ID_DOCUMENT_TYPES, LEGAL_IDENTIFIER_TYPES } from './register.ts'
import type {
  DocumentTypeSource,
  FieldSource,
  IdentifierType,
  LegalEntityKey,
  PersonKey,
  RecordKey,
  Register,
  RegisterKey,
  Row,
  SubjectKey,
} from './register.ts'

type Reference = Readonly<Record<string, unknown>>

/** Longer than any identifier; what is longer is not even compared. */
const LONGEST = 64

/** The key of a reference in one form; throws `BAD_USER_INPUT` where it is not a person's key. */
export function personKey(reference: Reference): PersonKey {
  const type = ID_DOCUMENT_TYPES.find((known) => known === reference['idDocumentType'])
  const number = reference['idDocumentNumber']
  if (type === undefined || typeof number !== 'string' || number.length > LONGEST) {
    throw new Failure('BAD_USER_INPUT', { detail: 'A representation of Person lacks its key' })
  }
  return { idDocumentType: type, idDocumentNumber: canonicalNumber(type, number) }
}

/** The key of a reference in one form; throws `BAD_USER_INPUT` where it is not an organisation's key (HZ-15.2). */
export function legalEntityKey(reference: Reference): LegalEntityKey {
  const type = LEGAL_IDENTIFIER_TYPES.find((known) => known === reference['identifierType'])
  const identifier = reference['identifier']
  if (type === undefined || typeof identifier !== 'string' || identifier.length > LONGEST) {
    throw new Failure('BAD_USER_INPUT', { detail: 'A representation of LegalEntity lacks its key' })
  }
  return { identifierType: type, identifier: canonicalIdentifier(identifier) }
}

/** Key columns of a register of organisations: the code, and the registration number of those that have no code yet. */
export function legalKeys(uscc: string, registrationNumber?: string): Pick<Register, 'key' | 'otherKeys'> {
  const way = (value: IdentifierType, number: string): RegisterKey => ({
    documentType: { kind: 'CONSTANT', value },
    number,
    oldNumbers: false,
  })
  const otherKeys = registrationNumber === undefined ? [] : [way('REGISTRATION_NUMBER', registrationNumber)]
  return { key: way('USCC', uscc), otherKeys }
}

/**
 * The key of records that are no subject's, by fields of their own. A source is searched by the column of the first
 * field, which must hold what is asked for; the others are compared as the fields have them, once they are decoded.
 */
export function recordKey(
  fields: Register['fields'],
  ...names: readonly string[]
): Pick<Register, 'key' | 'keyFields'> {
  const [first, ...and] = names.map((name): FieldSource => {
    const source = fields[name]
    if (source === undefined) throw new Error(`A key names ${name}, which is no field`)
    return source
  })
  if (first === undefined) throw new Error('A key has a field at least')
  const documentType = { kind: 'CONSTANT', value: 'RECORD' } as const
  return { key: { documentType, number: first.column, oldNumbers: false, and }, keyFields: names }
}

/** The key in a representation or in the arguments of a lookup; throws `BAD_USER_INPUT` where a part of it is none. */
export function recordKeyOf({ type, keyFields = [] }: Register, given: Reference): RecordKey {
  const [identifier = '', ...and] = keyFields.map((name) => {
    const part = partOf(given[name])
    if (part === null) throw new Failure('BAD_USER_INPUT', { detail: `The key of ${type} lacks its ${name}` })
    return part
  })
  return { identifierType: 'RECORD', identifier, and }
}

/** One form for a part of a record's key: some databases pad texts, others hold numbers. */
function partOf(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' || text.length > LONGEST ? null : text
}

/** Every way in which a register knows whom a row is about. */
export function waysOf(register: Register): readonly RegisterKey[] {
  return [register.key, ...(register.otherKeys ?? [])]
}

function typeOf(key: SubjectKey): IdentifierType {
  return 'identifierType' in key ? key.identifierType : key.idDocumentType
}

function numberOf(key: SubjectKey): string {
  return 'identifierType' in key ? key.identifier : key.idDocumentNumber
}

/** A text that is equal for equal keys. */
export function keyText(key: SubjectKey): string {
  return keyTextOf(typeOf(key), [numberOf(key), ...('and' in key ? key.and : [])])
}

/** No part of a key holds the separator: it is trimmed text of a form, or a number. */
function keyTextOf(type: IdentifierType, parts: readonly string[]): string {
  return `${type}:${parts.join('\n')}`
}

/** The columns that find the subject again in the rows. */
export function keyColumns(register: Register): readonly string[] {
  const columns = waysOf(register).flatMap(({ documentType, number, and = [] }) => [
    ...(documentType.kind === 'COLUMN' ? [documentType.column] : []),
    number,
    ...and.map(({ column }) => column),
  ])
  return [...new Set(columns)]
}

/** Whether the source can know a subject by this kind of identifier at all. */
export function canHold(register: Register, key: SubjectKey): boolean {
  return waysOf(register).some((way) => wayHolds(way, key))
}

/** Whether a column can name a subject of this kind of identifier. */
export function wayHolds({ documentType }: RegisterKey, key: SubjectKey): boolean {
  const type = typeOf(key)
  return documentType.kind === 'CONSTANT'
    ? documentType.value === type
    : Object.values(documentType.codes).includes(type)
}

/** Every number under which the source may hold these subjects by its first key. */
export function storedNumbers(register: Register, keys: readonly SubjectKey[]): readonly string[] {
  return numbersOf(register.key, keys)
}

/** Every number under which the source may hold these subjects in one of its ways; none where it cannot. */
export function numbersOf(way: RegisterKey, keys: readonly SubjectKey[]): readonly string[] {
  const numbers = new Set<string>()
  for (const key of keys.filter((one) => wayHolds(way, one))) {
    numbers.add(numberOf(key))
    const old = way.oldNumbers && typeOf(key) === 'RESIDENT_ID' ? to15(numberOf(key)) : null
    if (old !== null) numbers.add(old)
  }
  return [...numbers]
}

/** The source's own codes for these subjects' kinds of identifier. */
export function storedTypes(source: DocumentTypeSource, keys: readonly SubjectKey[]): readonly string[] {
  if (source.kind === 'CONSTANT') return []
  const wanted = new Set(keys.map(typeOf))
  return Object.entries(source.codes)
    .filter(([, type]) => wanted.has(type))
    .map(([code]) => code)
}

/** A subject that a row names. */
interface Owner {
  readonly key: string
  /** Whether the row has the number in its present form, and not in an old one. */
  readonly exact: boolean
}

/** The key texts of the subjects to whom a row belongs; none where the row names nobody. */
export function ownersOf(register: Register, row: Row): readonly string[] {
  return owners(register, row).map(({ key }) => key)
}

function owners(register: Register, row: Row): readonly Owner[] {
  return waysOf(register).flatMap((way): readonly Owner[] => {
    const { documentType, number } = way
    const type = documentType.kind === 'CONSTANT' ? documentType.value : typeOfCode(documentType, row)
    if (type === 'RECORD') return ownKey(way, row)
    const held = row[number]
    if (type === undefined || typeof held !== 'string' || held === '') return []
    const canonical = isLegal(type) ? canonicalIdentifier(held) : canonicalNumber(type, held)
    return [{ key: `${type}:${canonical}`, exact: canonical === held }]
  })
}

/** A row without a whole key is nobody's, and one whose key cannot be read is no reason to withhold the others. */
function ownKey({ number, and = [] }: RegisterKey, row: Row): readonly Owner[] {
  try {
    const parts = [partOf(row[number]), ...and.map((source) => partOf(read(source, row)))]
    const whole = parts.filter((part) => part !== null)
    return whole.length < parts.length ? [] : [{ key: keyTextOf('RECORD', whole), exact: true }]
  } catch {
    return []
  }
}

function typeOfCode({ column, codes }: DocumentTypeSource & { kind: 'COLUMN' }, row: Row): IdentifierType | undefined {
  const code = row[column]
  return typeof code === 'string' && Object.hasOwn(codes, code) ? codes[code] : undefined
}

function isLegal(type: IdentifierType): boolean {
  return LEGAL_IDENTIFIER_TYPES.some((known) => known === type)
}

/** Rows by subject. Where a register with one row a subject has both an old and a new number, the new one counts. */
export function rowsBySubject(register: Register, rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const found = new Map<string, Row[]>()
  for (const row of rows) {
    for (const { key, exact } of owners(register, row)) {
      const list = found.get(key)
      if (list === undefined) found.set(key, [row])
      else if (register.rows === 'ONE' && exact) list[0] = row
      // A row that names somebody twice (mother and guardian, say) is still one row.
      else if (register.rows === 'MANY' && list.at(-1) !== row) list.push(row)
    }
  }
  return found
}

/** The key of `LegalEntity` in a row: the code where there is one, else the registration number (HZ-15.2). */
export function legalEntityOf(register: Register, row: Row): LegalEntityKey | null {
  for (const way of waysOf(register)) {
    const { documentType, number } = way
    const held = row[number]
    if (documentType.kind !== 'CONSTANT' || typeof held !== 'string' || held === '') continue
    const type = LEGAL_IDENTIFIER_TYPES.find((known) => known === documentType.value)
    if (type !== undefined) return { identifierType: type, identifier: canonicalIdentifier(held) }
  }
  return null
}
