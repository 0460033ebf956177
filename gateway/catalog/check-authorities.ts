import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import { argument } from './links.ts'
import type { DepartmentReading } from './read-department.ts'

/** One source for one datum (一数一源, ZS-3.06, HZ-5.4): a second claim to be the authority is told. */
export function checkAuthorities(readings: readonly DepartmentReading[]): Finding[] {
  const claims = readings.flatMap((reading) => reading.fields.filter(({ value }) => value.authoritativeFor !== null))
  const byAttribute = Map.groupBy(claims, ({ value }) => value.authoritativeFor)
  return [...byAttribute].flatMap(([attribute, [first, ...others]]) =>
    others.map(({ value, file, annotation }) => {
      const holder = `${first?.value.coordinate ?? ''} of ${first?.value.provider ?? ''}`
      const message = `${value.coordinate}: the authoritative source of ${attribute ?? ''} is already ${holder}`
      return findingAt(file, argument(annotation, 'authoritativeFor'), 'AUTHORITY_CONFLICT', message, 'ONE_SOURCE')
    }),
  )
}
