import { createHash } from 'node:crypto'
import type { FieldEntry } from '../../gateway/catalog/catalog.ts'
import type { ViewCache } from '../../gateway/grants/view-cache.ts'
import type { View } from '../../gateway/grants/view.ts'
import type { Coordinate } from '../../gateway/vocabulary/coordinate.ts'
import type { Decision } from '../../gateway/vocabulary/decision.ts'

/** What is decided on every coordinate: all of it allowed or refused, or by lot, the same again for the same seed. */
export type ViewChoice = { readonly kind: 'allow' | 'deny' } | { readonly kind: 'random'; readonly seed: string }

/** Reads `allow`, `deny` or `random:SEED`; null for anything else. */
export function readViewChoice(text: string): ViewChoice | null {
  if (text === 'allow' || text === 'deny') return { kind: text }
  const [kind, seed] = text.split(':', 2)
  return kind === 'random' && seed !== undefined && seed !== '' ? { kind, seed } : null
}

const FACTS = { clause: 'ZS-4.03', grant: null } as const
const ALLOW: Decision = { kind: 'ALLOW', ...FACTS }
const DENY: Decision = { kind: 'DENY', code: 'NO_GRANT', ...FACTS }
/** Half of all coordinates stay allowed, so that something is fetched at all. */
const LOTS: readonly Decision[] = [
  ALLOW,
  ALLOW,
  ALLOW,
  { kind: 'MASK', rule: 'M-ALL', ...FACTS },
  { kind: 'VERIFY_ONLY', code: 'VERIFY_ONLY', ...FACTS },
  DENY,
]

/** One view for everybody. */
export function openViews(choice: ViewChoice, fields: ReadonlyMap<Coordinate, FieldEntry>): ViewCache {
  const view: View = {
    id: JSON.stringify(choice),
    decisions: new Map([...fields.keys()].map((at) => [at, decisionOn(choice, at)])),
    parameters: new Map(),
    validUntil: Infinity,
  }
  return { viewOf: () => view, introspectionViewOf: () => view }
}

function decisionOn(choice: ViewChoice, at: Coordinate): Decision {
  if (choice.kind !== 'random') return choice.kind === 'allow' ? ALLOW : DENY
  const lot = createHash('sha256').update(`${choice.seed} ${at}`).digest().readUInt32BE(0)
  return LOTS[lot % LOTS.length] ?? DENY
}
