import { isSubjectType, SUBJECT_TYPES } from '../../gateway/vocabulary/subject-types.ts'
import type { SubjectType } from '../../gateway/vocabulary/subject-types.ts'
import { legalEntityKey, personKey } from './keys.ts'
import type { Department, Register, SubjectKey, TakenField } from './register.ts'

/** What a department contributes to a subject. */
export interface SubjectFields {
  readonly links: Readonly<Record<string, Register>>
  readonly taken: Readonly<Record<string, TakenField>>
}

/** What a department contributes to an object type: to `Query` its lookups, nothing to what is no subject. */
export function fieldsOf(department: Department, typeName: string): SubjectFields {
  if (typeName === 'Query') return { links: department.lookups ?? {}, taken: {} }
  const subject = isSubjectType(typeName) ? typeName : undefined
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
  const linked = [...SUBJECT_TYPES, 'Query'].flatMap((type) => Object.values(fieldsOf(department, type).links))
  const listed = Object.values(department.lists ?? {}).filter(({ register, subject }) => subject === register.type)
  return [...new Set([...linked, ...(department.records ?? []), ...listed.map(({ register }) => register)])]
}

/** The key of a reference to a subject; throws `BAD_USER_INPUT`. */
export function subjectKey(subject: SubjectType, reference: Readonly<Record<string, unknown>>): SubjectKey {
  return subject === 'Person' ? personKey(reference) : legalEntityKey(reference)
}
