/** GraphQL types whose objects are somebody (HZ-15.2): everything else is a record, of one of them or by itself. */
export const SUBJECT_TYPES = ['Person', 'LegalEntity'] as const
/** Name of such a type. */
export type SubjectType = (typeof SUBJECT_TYPES)[number]

/** The fields that each is known by: its key in every department. */
export const SUBJECT_KEYS: Readonly<Record<SubjectType, readonly string[]>> = {
  Person: ['idDocumentType', 'idDocumentNumber'],
  LegalEntity: ['identifierType', 'identifier'],
}

/** Whether objects of a type are somebody. */
export function isSubjectType(type: string): type is SubjectType {
  return Object.hasOwn(SUBJECT_KEYS, type)
}
