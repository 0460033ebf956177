import { mintToken, PROFILES } from '../caller/development-issuer.ts'
import type { Config } from '../config/config.ts'
import { createConsole } from '../http/graphiql.ts'
import type { ConsoleHandler, ConsoleSettings } from '../http/graphiql.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Text } from '../vocabulary/codes.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { DEMO_HEADERS, DEMO_NUMBER, DEMO_QUERY } from './demo.ts'

const TOKEN_SECONDS = 8 * 3_600

/**
 * Opens the console, building its files where no finished build is there; null where it is switched off. Only the
 * embedded mode puts a token into the page, and only on a visit from this machine.
 */
export async function openConsole(
  config: Config,
  keys: KeyRing,
  progress: { step(text: Text): void },
): Promise<ConsoleHandler | null> {
  if (!config.graphiql.enabled) return null
  progress.step({ zh: '准备 GraphiQL 页面', en: 'Preparing the GraphiQL page' })
  // Loaded late: production images carry a finished build and not what builds it.
  const { ensureConsole } = await import('../../scripts/build-console.ts')
  const assets = await ensureConsole({ dataDir: config.dataDirectory })
  const empty: ConsoleSettings = { headers: null, query: DEMO_QUERY, variables: null }
  if (config.mode !== 'embedded') return createConsole({ assets, settings: () => empty })
  const { issuer, audience } = config.identity
  // A fresh token for each visit: the page may be opened days after the start.
  const settings = async (): Promise<ConsoleSettings> => {
    const terms = { issuer, audience, now: systemClock.now(), ttlSeconds: TOKEN_SECONDS }
    const token = await mintToken(keys.signing('token-signing'), PROFILES['housing-clerk'], terms)
    const headers = { authorization: `Bearer ${token}`, ...DEMO_HEADERS }
    return { headers, query: DEMO_QUERY, variables: { number: DEMO_NUMBER } }
  }
  return createConsole({ assets, settings })
}
