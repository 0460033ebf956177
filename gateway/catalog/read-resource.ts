import {
  AUTHORISATION_MODES,
  BASE_GROUPS,
  OPEN_MODES,
  OPENNESS,
  RESOURCE_FORMATS,
  RESOURCE_FORMS,
  SHARING_MODES,
  UPDATE_CYCLES,
} from './catalog.ts'
import type { ResourceEntry } from './catalog.ts'
import type { Fault } from './fault.ts'
import { faultAt } from './fault.ts'
import { createKnown } from './known.ts'
import { argument, flag, text, texts } from './links.ts'
import type { Located, Reader } from './reader.ts'
import type { ObjectNode } from './shape.ts'

/** Reads `@resource` of a type, if it has one (ZS-2.04, HZ-39.1). */
export function readResource(reader: Reader, type: ObjectNode): Located<ResourceEntry>[] {
  const directive = reader.annotation(type, 'resource')
  if (!directive) return []
  const known = createKnown(reader, type.name.value)
  const department = known.text(directive, 'department')
  if (department !== '' && department !== reader.source.department) {
    const message = `${type.name.value} is registered for "${department}" in the SDL of "${reader.source.department}"`
    reader.faults.push(faultAt(reader.source.file, directive, 'RESOURCE_MISPLACED', message, 'ZS-1.12'))
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
    themes: texts(argument(directive, 'themes')),
    content: text(argument(directive, 'content')),
    form: known.optional(RESOURCE_FORMS, directive, 'form'),
    mode: known.optional(SHARING_MODES, directive, 'mode'),
    use: text(argument(directive, 'use')),
    sample: text(argument(directive, 'sample')),
    system: text(argument(directive, 'system')),
    location: text(argument(directive, 'location')),
    sharingPeriod: text(argument(directive, 'sharingPeriod')),
    openness: known.optional(OPENNESS, directive, 'openness'),
    openMode: known.optional(OPEN_MODES, directive, 'openMode'),
    published: text(argument(directive, 'published')),
    standard: text(argument(directive, 'standard')),
    authorisationMode: known.optional(AUTHORISATION_MODES, directive, 'authorisationMode'),
    parameterControl: flag(argument(directive, 'parameterControl')),
    urgent: flag(argument(directive, 'urgent')),
    secrecyReview: text(argument(directive, 'secrecyReview')),
    secret: flag(argument(directive, 'secret')),
    varies: flag(argument(directive, 'varies')),
  }
  return [{ value, file: reader.source.file, node: type }]
}

/** One responsible department for one record type (ZS-1.12), one record type for one code. */
export function checkResources(resources: readonly Located<ResourceEntry>[]): Fault[] {
  const faults: Fault[] = []
  const first = new Map<string, Located<ResourceEntry>>()
  for (const one of resources) {
    for (const key of [`type ${one.value.type}`, `code ${one.value.code}`]) {
      const other = first.get(key)
      first.set(key, other ?? one)
      if (!other) continue
      const message = `${key} is registered already, for "${other.value.department}" in ${other.file}`
      faults.push(faultAt(one.file, one.node, 'RESOURCE_CONFLICT', message, 'ZS-1.12'))
    }
  }
  return faults
}
