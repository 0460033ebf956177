import { join } from 'node:path'
import { Supergraph } from '@apollo/federation-internals'
import { readRegime } from '../adapters/regime-file.ts'
import { openClauseTexts } from '../adapters/clause-texts.ts'
import type { Caller } from '../caller/caller.ts'
import type { Role } from '../caller/roles.ts'
import type { PartyRegister } from '../caller/parties.ts'
import { servedSchema } from '../compile/served-schema.ts'
import type { Config } from '../config/config.ts'
import type { Regime } from '../regime/regime.ts'
import { explain } from '../request/explain.ts'
import type { ExplainQuestion, Explanation } from '../request/explain.ts'
import { servedComposition } from '../start/register-check.ts'
import { createClosers } from '../vocabulary/closers.ts'
import type { Language } from '../vocabulary/codes.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { buildGeneration, openRegisters } from '../wiring.ts'
import { CommandFault } from './terminal.ts'

/** In whose standing a document is explained. */
export interface Standing {
  readonly department: string
  readonly application: string
  readonly matter: string | null
  readonly case: string | null
  readonly roles: readonly Role[]
}

/**
 * Explains a document over the registers, the composed catalogue and a regime, with no gateway, no network and no data:
 * the very compile step of a request.
 *
 * @throws Failure for a bad document, CommandFault for a standing that no register knows, ConfigFault for a bad file
 */
export async function explainOffline(
  config: Config,
  question: ExplainQuestion & { readonly regime: string; readonly language: Language },
  standing: Standing,
): Promise<Explanation> {
  const closers = createClosers()
  try {
    const regime = readRegime(join(config.schemaDirectory, 'regimes', `${question.regime}.yaml`))
    const { grants, registers, parties } = openRegisters(config, closers)
    const caller = callerOf(standing, parties, regime)
    const composed = servedComposition(config)
    const served = servedSchema(Supergraph.build(composed.supergraphSdl).apiSchema().toGraphQLJSSchema())
    const build = buildGeneration(() => regime, { ...registers, parties }, grants, systemClock)
    const source = {
      regime,
      generation: build(1, composed, served),
      grants: grants.current(),
      matters: registers.matters,
      limits: config.limits,
      language: question.language,
      nameOf: (department: string) => parties.find(department)?.name ?? null,
      clauseText: openClauseTexts(config.schemaDirectory, regime.regime),
    }
    return await explain(source, caller, question)
  } finally {
    await closers.closeAll()
  }
}

/** Refuses here whom the gateway would refuse later, with the reason. */
function callerOf({ department, application, ...stated }: Standing, parties: PartyRegister, regime: Regime): Caller {
  const { parameters } = regime
  const party = parties.find(department)
  if (party === null)
    throw new CommandFault(
      `${department} is not in the register of parties (${parameters['identity.registeredParty'].clause})`,
    )
  const applications = party.applications.map(({ code }) => code)
  if (!applications.includes(application))
    throw new CommandFault(
      `${application} is no application of ${department}; there are: ${applications.join(', ') || 'none'} (${parameters['identity.noTransfer'].clause})`,
    )
  return { ...stated, department, application, officer: 'explain', party: party.type, actingFor: null, emergency: null }
}
