import type { ConstDirectiveNode } from 'graphql'
import { holdsIdNumber } from '../vocabulary/id-number.ts'
import {
  AUTHORISATION_MODES,
  BASE_GROUPS,
  OPEN_MODES,
  OPENNESS,
  RESOURCE_FORMATS,
  RESOURCE_FORMS,
  SHARING_MODES,
  THEMES,
  UPDATE_CYCLES,
} from './catalog.ts'
import type { ResourceEntry } from './catalog.ts'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import { createKnown } from './known.ts'
import { argument, flag, text } from './links.ts'
import type { Located, Reader } from './reader.ts'
import type { ObjectNode } from './shape.ts'

const PERIOD = (text: string): boolean => /^(PERMANENT|P(?=[0-9])([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?)$/.test(text)

function isDate(text: string): boolean {
  const date = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) ? new Date(text) : null
  // A day that the month does not have would roll over into the next.
  return date !== null && !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(text)
}

/** Reads `@resource` of a type, if it has one (ZS-2.04, HZ-39.1). */
export function readResource(reader: Reader, type: ObjectNode): Located<ResourceEntry>[] {
  const directive = reader.annotation(type, 'resource')
  if (!directive) return []
  const known = createKnown(reader, type.name.value)
  const department = known.text(directive, 'department')
  if (department !== '' && department !== reader.source.department) {
    const message = `${type.name.value} is registered for "${department}" in the SDL of "${reader.source.department}"`
    reader.faults.push(findingAt(reader.source.file, directive, 'RESOURCE_MISPLACED', message, 'RESPONSIBLE_BODY'))
  }
  const value: ResourceEntry = {
    type: type.name.value,
    code: known.text(directive, 'code'),
    title: known.text(directive, 'title'),
    department,
    updateCycle: known.needed(UPDATE_CYCLES, directive, 'updateCycle') ?? '',
    format: known.needed(RESOURCE_FORMATS, directive, 'format') ?? '',
    contact: known.text(directive, 'contact'),
    base: known.optional(BASE_GROUPS, directive, 'base'),
    themes: known.several(THEMES, directive, 'themes'),
    content: text(argument(directive, 'content')),
    form: known.optional(RESOURCE_FORMS, directive, 'form'),
    mode: known.optional(SHARING_MODES, directive, 'mode'),
    use: text(argument(directive, 'use')),
    sample: text(argument(directive, 'sample')),
    system: text(argument(directive, 'system')),
    location: text(argument(directive, 'location')),
    sharingPeriod: known.matching(PERIOD, directive, 'sharingPeriod', 'PERMANENT or an ISO 8601 duration such as P5Y'),
    openness: known.optional(OPENNESS, directive, 'openness'),
    openMode: known.optional(OPEN_MODES, directive, 'openMode'),
    published: known.matching(isDate, directive, 'published', 'a date YYYY-MM-DD'),
    standard: text(argument(directive, 'standard')),
    authorisationMode: known.optional(AUTHORISATION_MODES, directive, 'authorisationMode'),
    parameterControl: flag(argument(directive, 'parameterControl')),
    urgent: flag(argument(directive, 'urgent')),
    secrecyReview: text(argument(directive, 'secrecyReview')),
    secret: flag(argument(directive, 'secret')),
    varies: flag(argument(directive, 'varies')),
    proposed: flag(argument(directive, 'proposed')),
  }
  checkSecret(reader, directive, value)
  checkSample(reader, directive, value)
  return [{ value, file: reader.source.file, node: type, annotation: directive }]
}

/** A state secret is no data to be shared (ZS-3.05, HZ-15.2, NT-3.1, R809-3): such a source is never composed (INV-14). */
function checkSecret(reader: Reader, directive: ConstDirectiveNode, entry: ResourceEntry): void {
  if (!entry.secret) return
  const message = `${entry.type} is a state secret (secret: true): it cannot be connected`
  const at = argument(directive, 'secret') ?? directive
  reader.faults.push(findingAt(reader.source.file, at, 'SECRET_SOURCE', message, 'SECRET'))
}

/** A sample is read by everyone who reads the catalogue: it is synthetic or masked (ZS-2.04). */
function checkSample(reader: Reader, directive: ConstDirectiveNode, entry: ResourceEntry): void {
  const found = entry.sample === null ? null : personalValue(entry.sample)
  if (found === null) return
  const message = `${entry.type}: its sample holds what looks like ${found}; mask it, or make one that cannot be real`
  const at = argument(directive, 'sample') ?? directive
  reader.faults.push(findingAt(reader.source.file, at, 'SAMPLE_UNFIT', message, 'SAMPLE'))
}

const MOBILE = /(?<![0-9])(?:86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])/

/** What of a person a text seems to hold. Numbers are also written in full width and in groups. */
function personalValue(sample: string): string | null {
  const plain = sample.normalize('NFKC')
  const joined = plain.replaceAll(/(?<=[0-9])[ -](?=[0-9Xx])/g, '')
  if (holdsIdNumber(plain) || holdsIdNumber(joined)) return 'an ID number'
  return MOBILE.test(plain) ? 'a mobile number' : null
}

/** One responsible department for one record type (ZS-1.12), one record type for one code. */
export function checkResources(resources: readonly Located<ResourceEntry>[]): Finding[] {
  const faults: Finding[] = []
  const first = new Map<string, Located<ResourceEntry>>()
  for (const one of resources) {
    for (const key of [`type ${one.value.type}`, `code ${one.value.code}`]) {
      const other = first.get(key)
      first.set(key, other ?? one)
      if (!other) continue
      const message = `${key} is registered already, for "${other.value.department}" in ${other.file}`
      faults.push(findingAt(one.file, one.node, 'RESOURCE_CONFLICT', message, 'RESPONSIBLE_BODY'))
    }
  }
  return faults
}
