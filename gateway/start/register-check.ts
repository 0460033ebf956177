import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildASTSchema, isInterfaceType, parse } from 'graphql'
import { parseParties } from '../adapters/party-register-file.ts'
import { readRegime } from '../adapters/regime-file.ts'
import { listCases, listMatters, readGrants } from '../adapters/register-files.ts'
import type { ComposedSchema } from '../adapters/supergraph-files.ts'
import type { Config } from '../config/config.ts'
import { parseYamlText } from '../config/yaml.ts'
import type { Origin } from '../config/fault.ts'
import { checkLinkage, linkageFindings } from '../grants/check-linkage.ts'
import type { LinkageReport } from '../grants/check-linkage.ts'
import { checkRegisters } from '../grants/check-registers.ts'
import type { RegisterFinding } from '../grants/check-registers.ts'
import { systemClock } from '../vocabulary/ports.ts'

/** A finding with its place in the register's file. */
export interface PlacedFinding extends RegisterFinding {
  readonly origin: Origin
}

/** What a look at the registers gives. */
export interface CheckedRegisters {
  readonly findings: readonly PlacedFinding[]
  /** Every masked number, how many candidates it leaves to whom; those with enough too. */
  readonly linkage: readonly LinkageReport[]
}

/**
 * Holds the configured registers against a composed catalogue and a regime.
 *
 * @param regime name of the regime; the configured one where absent
 * @throws ConfigFault for a register or profile that cannot be read; the system's error where one is missing
 */
export function checkConfiguredRegisters(
  config: Config,
  composed: Pick<ComposedSchema, 'catalog' | 'supergraphSdl'>,
  regime: string = config.regime,
): CheckedRegisters {
  const files = config.registers
  const texts = {
    matters: readFileSync(files.matters, 'utf8'),
    cases: readFileSync(files.cases, 'utf8'),
    grants: readFileSync(files.grants, 'utf8'),
  }
  const check = {
    matters: listMatters(files.matters, texts.matters),
    cases: listCases(files.cases, texts.cases),
    grants: readGrants(files.grants, texts.grants),
    parties: parseParties(readFileSync(files.parties, 'utf8'), files.parties),
    catalog: composed.catalog,
    regime: readRegime(join(config.schemaDirectory, 'regimes', `${regime}.yaml`)),
  }
  const yaml = {
    matters: parseYamlText(texts.matters, files.matters),
    cases: parseYamlText(texts.cases, files.cases),
    grants: parseYamlText(texts.grants, files.grants),
  }
  const linkage = checkLinkage(check, {
    implementations: implementationsOf(composed.supergraphSdl),
    masks: config.masking.ruleSet,
    now: systemClock.now(),
  })
  const findings = [...checkRegisters(check), ...linkageFindings(linkage)]
  return { findings: findings.map((one) => ({ ...one, origin: yaml[one.register].locate(one.path) })), linkage }
}

function implementationsOf(supergraphSdl: string): ReadonlyMap<string, readonly string[]> {
  const schema = buildASTSchema(parse(supergraphSdl), { assumeValid: true, assumeValidSDL: true })
  const interfaces = Object.values(schema.getTypeMap()).filter(isInterfaceType)
  return new Map(interfaces.map((one) => [one.name, schema.getPossibleTypes(one).map(({ name }) => name)]))
}

/** `file:line:column: text [clause]`, one line, in either language. */
export function printFinding({ origin, text, clause }: PlacedFinding): RegisterFinding['text'] {
  const place = origin.kind === 'file' ? `${origin.file}:${origin.line}:${origin.column}: ` : ''
  const reason = clause === null ? '' : ` [${clause}]`
  return { zh: `${place}${text.zh}${reason}`, en: `${place}${text.en}${reason}` }
}
