import type { ConstDirectiveNode } from 'graphql'
import { findingAt } from './fault.ts'
import { argument, text, texts } from './links.ts'
import type { Reader } from './reader.ts'

/** Reads arguments of the annotations of one place; what is missing or unknown is a fault. */
export interface Known {
  /** A value of a closed list that the directive must give, or null. */
  needed<T extends string>(list: readonly T[], directive: ConstDirectiveNode, name: string): T | null
  /** A value of a closed list that may be left out. */
  optional<T extends string>(list: readonly T[], directive: ConstDirectiveNode, name: string): T | null
  /** Values of a closed list, as many as there are. */
  several<T extends string>(list: readonly T[], directive: ConstDirectiveNode, name: string): readonly T[]
  /** A text of a certain form that may be left out. */
  matching(fits: (text: string) => boolean, directive: ConstDirectiveNode, name: string, form: string): string | null
  /** A text that the directive must give and that is not blank; empty where it is. */
  text(directive: ConstDirectiveNode, name: string): string
}

export function createKnown(reader: Reader, at: string): Known {
  const fault = (directive: ConstDirectiveNode, message: string): null => {
    reader.faults.push(findingAt(reader.source.file, directive, 'VALUE_UNKNOWN', `${at}: ${message}`, null))
    return null
  }
  const optional = <T extends string>(list: readonly T[], directive: ConstDirectiveNode, name: string): T | null => {
    const value = text(argument(directive, name))
    const found = list.find((one) => one === value) ?? null
    // What is no string is told already (check-literals.ts).
    if (value === null || found !== null) return found
    return fault(directive, `${name} "${value}" is not one of ${list.join(', ')}`)
  }
  return {
    optional,
    needed: (list, directive, name) =>
      argument(directive, name)
        ? optional(list, directive, name)
        : fault(directive, `@${directive.name.value} needs ${name}, one of ${list.join(', ')}`),
    several: (list, directive, name) =>
      texts(argument(directive, name)).flatMap((value) => {
        const found = list.find((one) => one === value)
        return found ?? fault(directive, `${name} "${value}" is not one of ${list.join(', ')}`) ?? []
      }),
    matching(fits, directive, name, form) {
      const value = text(argument(directive, name))
      return value === null || fits(value) ? value : fault(directive, `${name} "${value}" is not ${form}`)
    },
    text(directive, name) {
      const value = text(argument(directive, name))?.trim() ?? ''
      if (value === '') fault(directive, `@${directive.name.value} needs ${name}, and not an empty one`)
      return value
    },
  }
}
