import { Option } from 'commander'
import type { Command } from 'commander'
import { createKeyFiles } from '../adapters/key-files.ts'
import { subjectPseudonyms } from '../audit/pseudonym.ts'
import { readLegalSubject, readSubject } from '../builtin/subject.ts'
import { keysDirectory } from '../config/config.ts'
import { configOf } from './context.ts'
import { hiddenInput } from './hidden-input.ts'
import type { Typed } from './hidden-input.ts'
import { CommandFault } from './terminal.ts'

const FIRMS: readonly string[] = ['USCC', 'REGISTRATION_NUMBER']

/** Types of a person's document and of a firm's identifier (IdDocumentType, LegalIdentifierType). */
const SUBJECT_NUMBER_TYPES: readonly string[] = [
  'RESIDENT_ID',
  'PASSPORT',
  'HMT_PERMIT',
  'HMT_RESIDENCE_PERMIT',
  'FOREIGNER_PERMANENT_RESIDENCE',
  'OTHER',
  ...FIRMS,
]

/** The option that tells what kind of number will be typed. */
export const SUBJECT_TYPE = new Option('--subject-type <type>', 'its type')
  .choices(SUBJECT_NUMBER_TYPES)
  .default('RESIDENT_ID')

/** How a subject is named for a search. */
export interface SubjectFlags {
  /** Type of the document or identifier. */
  readonly subjectType?: string
  /** Folder of the key ring; else the configured one. */
  readonly keys?: string
}

/**
 * The pseudonyms that records can have for a person or firm whose number is typed in: one under each key that was ever
 * used and is kept. The number itself goes nowhere.
 *
 * @throws CommandFault where the keys cannot be read, or no such number can exist
 */
export async function askedPseudonyms(
  { subjectType: type = 'RESIDENT_ID', keys }: SubjectFlags,
  command: Command,
  terminal?: Typed,
): Promise<readonly string[]> {
  // The keys first: nobody types a number in for nothing.
  const secrets = await pseudonymKeys(keys ?? keysDirectory(await configOf(command)))
  const typed = await hiddenInput(`${type}: `, terminal)
  const { number, valid } = FIRMS.includes(type) ? readLegalSubject(type, typed) : readSubject(type, typed)
  if (!valid) throw new CommandFault(`no such number of type ${type} can exist: check it, and --subject-type`)
  return subjectPseudonyms(secrets, type, number)
}

/** Every kept key of the pseudonyms; an auditor's host needs this one file of the key ring. */
async function pseudonymKeys(directory: string): Promise<readonly Uint8Array[]> {
  const ring = await createKeyFiles(directory).load('subject-pseudonym')
  if ('kind' in ring)
    throw new CommandFault(
      `a subject is found by the keys of the pseudonyms: ${ring.message}. Name their folder with --keys; docs/audit-tools.md`,
    )
  return ring.flatMap(({ material }) => (material.kind === 'secret' ? [Buffer.from(material.k, 'base64url')] : []))
}
