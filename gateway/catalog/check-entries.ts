import type { ConstDirectiveNode } from 'graphql'
import type { FieldEntry, ResourceEntry } from './catalog.ts'
import type { Fault, Finding } from './fault.ts'
import { faultUnder, findingAt } from './fault.ts'
import { argument } from './links.ts'
import type { DepartmentReading } from './read-department.ts'
import type { Located } from './reader.ts'
import type { CatalogRules, Element } from './rules.ts'

/** What one regime asks of each catalogue entry. Every lack is a fault of its own, at the `@resource`. */
export function checkEntries(
  readings: readonly DepartmentReading[],
  fields: readonly FieldEntry[],
  rules: CatalogRules,
): Fault[] {
  const byResource = Map.groupBy(fields, (field) => field.resource)
  return readings.flatMap((reading) =>
    reading.resources.flatMap((located) => {
      const items = byResource.get(located.value.type) ?? []
      return [
        ...missingElements(located, items, rules),
        ...[...checkEntry(located, items, rules)].map((finding) => faultUnder(rules, finding)),
      ]
    }),
  )
}

/** How an element of a catalogue entry is written, and whether an entry has it. */
interface Written {
  readonly argument: string
  readonly given: (entry: ResourceEntry, items: readonly FieldEntry[]) => boolean
}

function written(name: keyof ResourceEntry): Written {
  return {
    argument: `${name}:`,
    given: (entry) => {
      const value = entry[name]
      return typeof value === 'string' && value.trim() !== ''
    },
  }
}

const ITEMS: Written = { argument: 'at least one item', given: (_entry, items) => items.length > 0 }
/** The directive's definition requires it, and whoever leaves it out is told so already. */
const REQUIRED: Written = { argument: '', given: () => true }

const WRITTEN: Readonly<Record<Element, Written>> = {
  CATEGORY: { argument: 'base: or themes:', given: (entry) => entry.base !== null || entry.themes.length > 0 },
  FORM: written('form'),
  FORMAT: REQUIRED,
  ATTRIBUTES: ITEMS,
  SHARING_TYPE: REQUIRED,
  SHARING_METHOD: written('mode'),
  USE_REQUIREMENTS: written('use'),
  SAMPLE: written('sample'),
  RESPONSIBLE_BODY: REQUIRED,
  NAME: REQUIRED,
  CONTENT: written('content'),
  UPDATE_FREQUENCY: REQUIRED,
  PLATFORM_LOCATION: written('location'),
  SHARING_PERIOD: written('sharingPeriod'),
  SYSTEM_NAME: written('system'),
  ITEM_NAMES: ITEMS,
  OPEN_ATTRIBUTE: written('openness'),
  OPEN_METHOD: written('openMode'),
  PUBLICATION_DATE: written('published'),
  STANDARD: written('standard'),
  GRADE: REQUIRED,
}

function missingElements(
  { value, file, annotation }: Located<ResourceEntry>,
  items: readonly FieldEntry[],
  rules: CatalogRules,
): Fault[] {
  const own = items.filter((item) => item.coordinate.startsWith(`${value.type}.`))
  return rules.elements.flatMap(({ element, clause }) => {
    const { given, argument: name } = WRITTEN[element]
    if (given(value, own)) return []
    const message = `${value.type}: its catalogue entry lacks ${element}: add ${name}`
    return [{ ...faultUnder(rules, findingAt(file, annotation, 'ELEMENT_MISSING', message, null)), clause }]
  })
}

function* checkEntry(
  { value, file, annotation }: Located<ResourceEntry>,
  items: readonly FieldEntry[],
  rules: CatalogRules,
): Iterable<Finding> {
  const at = (name: string): ReturnType<typeof argument> | ConstDirectiveNode =>
    argument(annotation, name) ?? annotation
  if (rules.secrecyReview && (value.secrecyReview ?? '').trim() === '') {
    const message = `${value.type} was not reviewed for secrecy: add secrecyReview:, the reference of the review`
    yield findingAt(file, annotation, 'SECRECY_REVIEW_MISSING', message, 'SECRECY_REVIEW')
  }
  if (rules.authorisationMode && value.authorisationMode === null) {
    const message = `${value.type} does not say who authorises its use: add authorisationMode: DIRECT or PLATFORM`
    yield findingAt(file, annotation, 'AUTHORISATION_MODE_MISSING', message, 'AUTHORISATION_MODE')
  }
  if (rules.urgentByInterface && value.urgent && value.format === 'FILE') {
    const message = `${value.type} is urgent, and so not for file drops: provide it by API`
    yield findingAt(file, at('format'), 'FILE_DROP_UNFIT', message, 'URGENT_CHANNEL')
  }
  const limited = items.filter((item) => item.class !== 'UNCONDITIONAL').map((item) => item.coordinate)
  if (limited.length > 0 && rules.forcedUnconditional.some((group) => group === value.base)) {
    const message = `${value.type} is of the base group ${value.base ?? ''}, yet ${limited.length} of its items are not UNCONDITIONAL: ${limited.join(', ')}`
    yield findingAt(file, annotation, 'BASE_CLASS_CONFLICT', message, 'BASE_SHARED')
  }
}
