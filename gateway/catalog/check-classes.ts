import type { ConstDirectiveNode } from 'graphql'
import type { FieldEntry, GroundRank, ResourceEntry } from './catalog.ts'
import type { FaultCode, Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import { argument, text } from './links.ts'
import type { DepartmentReading } from './read-department.ts'
import type { Located } from './reader.ts'
import type { CatalogRules, ConditionalNeed, Topic } from './rules.ts'

/** Whether a ground of a rank carries NOT_SHARED where these ranks are asked. OTHER needs more than a citation (NT-8.2). */
function carries(asked: readonly GroundRank[], rank: GroundRank): boolean {
  return rank !== 'OTHER' && asked.includes(rank)
}

/** What one regime asks of the class of each field (ZS-4.03, ZS-4.04, HZ-4.4, NT-8.2, FS-8, ZJ-22.1, R809-15). */
export function checkClasses(readings: readonly DepartmentReading[], rules: CatalogRules): Finding[] {
  const resources = new Map(
    readings.flatMap((reading) => reading.resources.map((one) => [one.value.type, one.value] as const)),
  )
  return readings.flatMap((reading) => reading.fields.flatMap((located) => [...checkField(located, resources, rules)]))
}

function* checkField(
  located: Located<FieldEntry>,
  resources: ReadonlyMap<string, ResourceEntry>,
  rules: CatalogRules,
): Iterable<Finding> {
  const { value, annotation } = located
  // What is no class is told already, and was read as the strictest.
  if (text(argument(annotation, 'class')) !== value.class) return
  switch (value.class) {
    case 'UNCONDITIONAL':
      return
    case 'CONDITIONAL':
      for (const need of rules.conditionalNeeds) {
        const missing = missingNeed(need, value, resources.get(value.resource))
        if (missing) yield found(located, annotation, missing.code, missing.message, 'CONDITIONAL_NEEDS')
      }
      return
    case 'NOT_SHARED':
      yield* checkNotShared(located, rules)
  }
}

function found(
  { file }: Located<FieldEntry>,
  node: ConstDirectiveNode | ReturnType<typeof argument>,
  code: FaultCode,
  message: string,
  topic: Topic,
): Finding {
  return findingAt(file, node, code, message, topic)
}

function blank(words: string | null): boolean {
  return words === null || words.trim() === ''
}

/** What a conditional item's registration lacks, or null. */
function missingNeed(
  need: ConditionalNeed,
  entry: FieldEntry,
  resource: ResourceEntry | undefined,
): { readonly code: FaultCode; readonly message: string } | null {
  const at = entry.coordinate
  switch (need) {
    case 'BASIS':
      if (entry.basis.length + entry.grounds.length > 0) return null
      return { code: 'BASIS_MISSING', message: `${at} is CONDITIONAL without a basis: add basis: or grounds:` }
    case 'CONDITIONS':
      if (!blank(entry.conditions)) return null
      return {
        code: 'CONDITIONS_MISSING',
        message: `${at} is CONDITIONAL without its sharing conditions: add conditions:`,
      }
    case 'REASONS':
      if (!blank(entry.reasons)) return null
      return { code: 'REASONS_MISSING', message: `${at} is CONDITIONAL without its reasons in words: add reasons:` }
    case 'USE':
      // A use stated for the whole resource, or in the item's own conditions, states it.
      if (!blank(entry.conditions) || !blank(resource?.use ?? null)) return null
      return {
        code: 'USE_MISSING',
        message: `${at} is CONDITIONAL without its use: add use: to @resource, or conditions:`,
      }
    case 'SCOPE':
      return missingScope(entry)
  }
}

/** The scope is named departments, or a mode that says which part or form all may have (NT-8.1, NT-8.2). */
function missingScope(entry: FieldEntry): { readonly code: FaultCode; readonly message: string } | null {
  if ((entry.scope?.length ?? 0) > 0) return null
  if (entry.subMode !== null && entry.subMode !== 'DEPARTMENTS') return null
  const which = entry.subMode === null ? 'scope: or subMode:' : 'scope:, the departments meant by subMode DEPARTMENTS'
  return {
    code: 'SCOPE_MISSING',
    message: `${entry.coordinate} is CONDITIONAL without its sharing scope: add ${which}`,
  }
}

function* checkNotShared(located: Located<FieldEntry>, rules: CatalogRules): Iterable<Finding> {
  const { value, annotation } = located
  const at = value.coordinate
  const asked = rules.groundRanks
  if (asked !== null && !value.grounds.some(({ rank }) => carries(asked, rank))) {
    const [code, message] = groundFault(value, asked, rules.groundsOpen)
    const node = value.grounds.length > 0 ? argument(annotation, 'grounds') : annotation
    yield found(located, node ?? annotation, code, message, 'NOT_SHARED_BASIS')
  }
  if (rules.notSharedReasons && blank(value.reasons)) {
    const message = `${at} is NOT_SHARED without its reasons in words: add reasons:`
    yield found(located, annotation, 'REASONS_MISSING', message, 'NOT_SHARED_REASONS')
  }
}

function groundFault(entry: FieldEntry, asked: readonly GroundRank[], open: boolean): readonly [FaultCode, string] {
  const at = entry.coordinate
  const ranks = asked.join(', ')
  if (entry.grounds.length === 0)
    return ['BASIS_MISSING', `${at} is NOT_SHARED without a basis: add grounds: of one of the ranks ${ranks}`]
  const given = [...new Set(entry.grounds.map(({ rank }) => rank))].join(', ')
  // An open list is no leave to keep back on one's own word.
  if (open && entry.grounds.some(({ rank }) => rank === 'OTHER'))
    return [
      'BASIS_RANK_TOO_LOW',
      `${at} is NOT_SHARED on a ground of rank OTHER: it counts only once the data authority has confirmed it under a rank of ${ranks}`,
    ]
  return ['BASIS_RANK_TOO_LOW', `${at} is NOT_SHARED on grounds of rank ${given}: this regime asks for ${ranks}`]
}
