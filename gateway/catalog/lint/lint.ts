import { GraphQLError, Source, parse } from 'graphql'
import type { DocumentNode } from 'graphql'
import { readLinks } from '../links.ts'
import type { DepartmentSdl } from '../reader.ts'
import { lintDeprecations } from './deprecations.ts'
import { lintDescriptions, lintSameWords } from './descriptions.ts'
import { sortFindings } from './finding.ts'
import type { LintFinding } from './finding.ts'
import type { LintedSdl } from './linted.ts'
import { lintNames } from './naming.ts'
import { lintNullability } from './nullability.ts'
import { lintPagination } from './pagination.ts'
import { lintSamples } from './samples.ts'

/** Rules that look at one SDL, in the order in which its author meets them: what it is called, says, gives, and how long. */
const RULES = [lintNames, lintDescriptions, lintNullability, lintPagination, lintDeprecations, lintSamples] as const

/**
 * Everything in the SDL of departments that a reader of the schema would stumble over, in reading order. What has a syntax
 * error is left to composition, which tells it.
 */
export function lintSchemas(sources: readonly DepartmentSdl[]): readonly LintFinding[] {
  const sdls = sources.flatMap(readSdl)
  return sortFindings([...sdls.flatMap((sdl) => RULES.flatMap((rule) => rule(sdl))), ...lintSameWords(sdls)])
}

function readSdl({ department, file, sdl, builtin = false }: DepartmentSdl): readonly LintedSdl[] {
  const document = parsed(file, sdl)
  return document === null ? [] : [{ department, file, document, links: readLinks(document), builtin }]
}

function parsed(file: string, sdl: string): DocumentNode | null {
  try {
    return parse(new Source(sdl, file))
  } catch (error) {
    if (error instanceof GraphQLError) return null
    throw error
  }
}
