import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseParties } from '../adapters/party-register-file.ts'
import { readRegime } from '../adapters/regime-file.ts'
import { listCases, listMatters, readGrants } from '../adapters/register-files.ts'
import { readRevocations } from '../adapters/revocations.ts'
import { readComposed } from '../adapters/supergraph-files.ts'
import type { ComposedSchema } from '../adapters/supergraph-files.ts'
import type { Party } from '../caller/parties.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { isError, printFault } from '../catalog/fault.ts'
import { implementationsIn } from '../catalog/implementations.ts'
import type { Implementations } from '../catalog/implementations.ts'
import { grantEventsFile } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import type { Origin } from '../config/fault.ts'
import { parseYamlText } from '../config/yaml.ts'
import type { YamlText } from '../config/yaml.ts'
import { checkLinkage, linkageFindings } from '../grants/check-linkage.ts'
import type { LinkageReport } from '../grants/check-linkage.ts'
import { checkRegisters } from '../grants/check-registers.ts'
import type { RegisterFinding } from '../grants/check-registers.ts'
import type { Grant } from '../grants/grant.ts'
import type { Case, Matter } from '../grants/registers.ts'
import type { Regime } from '../regime/regime.ts'
import type { MaskSet } from '../vocabulary/decision.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { composeCity } from './composition.ts'
import { StartFault } from './preflight.ts'

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

/** The registers as their files list them. */
export interface Registers {
  readonly matters: readonly Matter[]
  readonly cases: readonly Case[]
  /** With their revocations. */
  readonly grants: readonly Grant[]
  readonly parties: readonly Party[]
  /** Where something stands in the file that was read. */
  locate(register: RegisterFinding['register'], path: RegisterFinding['path']): Origin
}

/** What registers are held against. */
export interface Standing {
  readonly catalog: Catalog
  readonly implementations: Implementations
  readonly regime: Regime
  readonly masks: MaskSet
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * Reads the configured registers, and the revocations beside them.
 *
 * @throws ConfigFault for one that cannot be read; the system's error where one is missing
 */
export function readRegisters(config: Config): Registers {
  const files = config.registers
  const texts = {
    grants: readFileSync(files.grants, 'utf8'),
    matters: readFileSync(files.matters, 'utf8'),
    cases: readFileSync(files.cases, 'utf8'),
  }
  const events = grantEventsFile(config)
  const { revoked } = readRevocations(existsSync(events) ? readFileSync(events, 'utf8') : '')
  const yaml = new Map<string, YamlText>()
  return {
    grants: readGrants(files.grants, texts.grants).map((one) => ({ ...one, revokedAt: revoked.get(one.id) ?? null })),
    matters: listMatters(files.matters, texts.matters),
    cases: listCases(files.cases, texts.cases),
    parties: parseParties(readFileSync(files.parties, 'utf8'), files.parties),
    locate(register, path) {
      // A register without a finding need not be read a second time for its lines.
      const read = yaml.get(register) ?? parseYamlText(texts[register], files[register])
      yaml.set(register, read)
      return read.locate(path)
    },
  }
}

/**
 * Holds registers against a catalogue and a regime. It yields after each department, for whoever has other work to
 * do between; the findings are its result.
 */
export function* judgeRegisters(registers: Registers, standing: Standing): Generator<void, CheckedRegisters> {
  const linkage = yield* judgeLinkage(registers, standing)
  const findings = [...checkRegisters({ ...registers, ...standing }), ...linkageFindings(linkage)]
  return { findings: findings.map((one) => ({ ...one, origin: registers.locate(one.register, one.path) })), linkage }
}

/** The part of it about what masks leave (R809-25): now, and from each day on which a grant will begin. */
export function* judgeLinkage(registers: Registers, standing: Standing): Generator<void, readonly LinkageReport[]> {
  const all: LinkageReport[] = []
  for (const party of registers.parties) {
    const own = registers.grants.filter(({ consumer }) => consumer === party.code)
    const check = { ...registers, parties: [party], catalog: standing.catalog, regime: standing.regime }
    const worst = new Map<string, LinkageReport>()
    for (const now of instantsOf(own, standing.now))
      for (const one of checkLinkage(check, { ...standing, now }))
        if (one.candidates < (worst.get(one.coordinate)?.candidates ?? Infinity)) worst.set(one.coordinate, one)
    all.push(...worst.values())
    yield
  }
  return all
}

/** Now, and each later instant at which one of the grants begins: nobody looks again when it does. */
export function instantsOf(grants: readonly Grant[], now: number): readonly number[] {
  const later = grants.map(({ validFrom }) => validFrom).filter((from) => from > now)
  return [now, ...new Set(later)].toSorted((a, b) => a - b)
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
  now: number = systemClock.now(),
): CheckedRegisters {
  const turns = judgeRegisters(readRegisters(config), {
    catalog: composed.catalog,
    implementations: implementationsIn(composed.supergraphSdl),
    regime: readRegime(join(config.schemaDirectory, 'regimes', `${regime}.yaml`)),
    masks: config.masking.ruleSet,
    now,
  })
  for (;;) {
    const turn = turns.next()
    if (turn.done === true) return turn.value
  }
}

/**
 * What a gateway under this configuration would serve: in production what was composed and reviewed, else what stands
 * in the departments' folders now.
 *
 * @throws StartFault where a department's SDL has an error; ConfigFault for composed files that do not fit
 */
export function servedComposition(config: Config): ComposedSchema {
  if (config.mode === 'production') return readComposed(config.schemaDirectory)
  const composed = composeCity()
  if (composed.kind === 'composed') return composed
  throw new StartFault(composed.faults.filter(isError).map(printFault))
}

/** `file:line:column: text [clause]`, one line, in either language. */
export function printFinding({
  origin,
  text,
  clause,
}: Pick<PlacedFinding, 'origin' | 'text' | 'clause'>): RegisterFinding['text'] {
  const place = origin.kind === 'file' ? `${origin.file}:${origin.line}:${origin.column}: ` : ''
  const reason = clause === null ? '' : ` [${clause}]`
  return { zh: `${place}${text.zh}${reason}`, en: `${place}${text.en}${reason}` }
}

/** Whether it says that a department could rebuild a masked number which nobody signed for (R809-25). */
export function isRebuildable({ clause, severity }: RegisterFinding): boolean {
  return clause === 'R809-25' && severity === 'error'
}
