import { ROLES } from '../caller/roles.ts'
import type { Caller } from '../caller/caller.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Exchange } from './exchange.ts'
import { explain } from './explain.ts'
import type { Explanation } from './explain.ts'
import type { House } from './house.ts'
import type { OwnContext } from './own-context.ts'

/** Arguments of `Query.explain`, as the schema has coerced them. */
interface ExplainArguments {
  readonly document: string
  readonly operationName?: string | null
  readonly as?: ExplainAs | null
}

interface ExplainAs {
  readonly department: string
  readonly application: string
  readonly matter?: string | null
  readonly case?: string | null
  readonly roles?: readonly string[] | null
}

/**
 * Answers `Query.explain` from the compile step alone: no department is asked, no value is read (wall 19).
 *
 * @throws Failure ROLE_MISSING, UNKNOWN_PARTY, AUDIENCE_MISMATCH
 */
export async function answerExplain(
  { house, exchange, caller, generation }: OwnContext,
  { document, operationName, as }: ExplainArguments,
): Promise<Explanation> {
  const standing = standingOf(house, exchange, caller, as ?? null)
  const source = {
    regime: house.regime,
    generation,
    grants: house.grants.current(),
    matters: house.registers.matters,
    limits: house.limits,
    language: exchange.language,
    nameOf: (department: string) => house.parties.find(department)?.name ?? null,
    clauseText: house.clauseText,
  }
  return explain(source, standing, { document, operationName: operationName ?? null })
}

/**
 * In whose standing the document is explained: the caller's own, or, for the authority alone, another's. Noted for
 * the record before anything is told.
 *
 * @throws Failure ROLE_MISSING, UNKNOWN_PARTY, AUDIENCE_MISMATCH
 */
function standingOf(house: House, exchange: Exchange, caller: Caller, as: ExplainAs | null): Caller {
  const standing = as === null ? caller : otherStanding(house, caller, as)
  const { department, application, matter } = standing
  exchange.explains = { department, application, matter }
  return standing
}

function otherStanding({ regime, parties }: House, caller: Caller, as: ExplainAs): Caller {
  const { parameters } = regime
  if (!caller.roles.includes('AUTHORITY'))
    throw new Failure('ROLE_MISSING', { clause: parameters['identity.noTransfer'].clause, detail: 'AUTHORITY' })
  const party = parties.find(as.department)
  if (!party) throw new Failure('UNKNOWN_PARTY', { clause: parameters['identity.registeredParty'].clause })
  if (!party.applications.some(({ code }) => code === as.application))
    throw new Failure('AUDIENCE_MISMATCH', { clause: parameters['identity.noTransfer'].clause })
  const roles = ROLES.filter((role) => as.roles?.includes(role))
  return {
    department: party.code,
    application: as.application,
    officer: caller.officer,
    roles,
    matter: as.matter ?? null,
    case: as.case ?? null,
    emergency: null,
    party: party.type,
    actingFor: null,
  }
}
