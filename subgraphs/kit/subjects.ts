import { legalEntityKey, personKey } from './keys.ts'
import type { Department, Register, SubjectKey, TakenField } from './register.ts'

/** The object types that departments contribute to: everything else is a record of one of them. */
export const SUBJECTS = ['Person', 'LegalEntity'] as const
export type Subject = (typeof SUBJECTS)[number]

/** What a department contributes to a subject. */
export interface SubjectFields {
  readonly links: Readonly<Record<string, Register>>
  readonly taken: Readonly<Record<string, TakenField>>
}

/** What a department contributes to an object type; nothing to one that is no subject. */
export function fieldsOf(department: Department, typeName: string): SubjectFields {
  const subject = SUBJECTS.find((known) => known === typeName)
  switch (subject) {
    case 'Person':
      return { links: department.links, taken: department.person }
    case 'LegalEntity':
      return { links: department.legalLinks ?? {}, taken: department.legalEntity ?? {} }
    case undefined:
      return { links: {}, taken: {} }
  }
}

/** Every register whose records the department's types show, each once. */
export function registersOf(department: Department): readonly Register[] {
  return [...new Set(SUBJECTS.flatMap((subject) => Object.values(fieldsOf(department, subject).links)))]
}

/** The key of a reference to a subject; throws `BAD_USER_INPUT`. */
export function subjectKey(subject: Subject, reference: Readonly<Record<string, unknown>>): SubjectKey {
  return subject === 'Person' ? personKey(reference) : legalEntityKey(reference)
}
