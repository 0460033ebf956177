import type { FieldDefinitionNode } from 'graphql'
import { isSubjectType } from '../vocabulary/subject-types.ts'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import type { DepartmentReading } from './read-department.ts'
import { isObject, namedType } from './shape.ts'

/**
 * A record that is found by itself (a parcel, a taxi) may be open, and yet whose it is may not. Where its fields are
 * open, they open every link that leads to it (wall 6): so a link that is not unconditional must be crossed with its own
 * decision, and says so by following itself (wall 7).
 */
export function checkLinksAlone(readings: readonly DepartmentReading[]): Finding[] {
  const fields = readings.flatMap(fieldsOf)
  const byType = Map.groupBy(fields, ({ type }) => type)
  const fromQuery = (byType.get('Query') ?? []).map(({ leadsTo }) => leadsTo).filter((name) => !isSubjectType(name))
  // A list's page stands between: what it holds is found by itself too.
  const pages = fromQuery.flatMap((name) => (byType.get(name) ?? []).map(({ leadsTo }) => leadsTo))
  const alone = new Set([...fromQuery, ...pages].filter((name) => byType.has(name) && !isSubjectType(name)))
  return fields.flatMap(({ reading, type, node, leadsTo }) => {
    if (type === 'Query' || !alone.has(leadsTo)) return []
    const at = `${type}.${node.name.value}`
    const entry = reading.fields.find(({ value }) => value.coordinate === at)
    if (entry === undefined || entry.value.class === 'UNCONDITIONAL' || entry.value.follows !== null) return []
    const message = `${at} is not unconditional, and leads to ${leadsTo}, which is found by itself: add @reference(follows: "${at}"), so that it is crossed with its own decision`
    return [findingAt(reading.source.file, node, 'LINK_OPEN', message, 'MINIMUM')]
  })
}

interface Led {
  readonly reading: DepartmentReading
  readonly type: string
  readonly node: FieldDefinitionNode
  readonly leadsTo: string
}

function fieldsOf(reading: DepartmentReading): readonly Led[] {
  return (reading.document?.definitions ?? []).flatMap((one) => {
    if (!isObject(one)) return []
    const type = one.name.value
    return (one.fields ?? []).map((node) => ({ reading, type, node, leadsTo: namedType(node.type) }))
  })
}
