import { judge } from '../../gateway/catalog/compose.ts'
import type { CityReading } from '../../gateway/catalog/compose.ts'
import { isError } from '../../gateway/catalog/fault.ts'
import type { Fault } from '../../gateway/catalog/fault.ts'
import type { CatalogRules } from '../../gateway/catalog/rules.ts'
import type { ComposeCase } from './case-file.ts'

/**
 * What composition says under a regime of the items and records that a case amends, by name: faults, and warnings. What
 * the demonstration city is told besides is no matter of the case.
 *
 * @param city the city with the case's amendments
 */
export function faultsToldOf(city: CityReading, rules: CatalogRules, { catalogue }: ComposeCase): readonly string[] {
  const composition = judge(city, rules)
  const faults = composition.kind === 'faulty' ? composition.faults : composition.warnings
  const amended = new Set(Object.keys(catalogue))
  // A message begins with the coordinate or the record type that it is about.
  const isAmended = ({ message }: Fault): boolean => amended.has(/^[\w.]+/.exec(message)?.[0] ?? '')
  return faults
    .filter(isAmended)
    .map((fault) => `${isError(fault) ? '' : 'warning '}${fault.code}${at(fault)}: ${fault.message}`)
    .toSorted()
}

function at({ clause }: Fault): string {
  return clause === null ? '' : ` at ${clause}`
}
