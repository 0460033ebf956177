import { composeAmended } from '../kit/amended-city.ts'
import { startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { instantOf } from './case-file.ts'
import type { Situation } from './case-file.ts'

/**
 * Gateways for cases: those with the same regime, registers and catalogue share one, at whatever time they are asked. So
 * what was compiled before midnight stands there when the same is asked after it.
 */
export interface CaseGateways {
  /** The gateway, its clock standing still at the time of the case. */
  gatewayFor(one: Situation): Promise<TestGateway>
  /** Every gateway that was started. */
  all(): Promise<readonly TestGateway[]>
  /** Halts those that none of the later cases asks: a running gateway follows its files. Their folders stay. */
  release(later: readonly Situation[]): Promise<void>
  stop(): Promise<void>
}

/** What stands above the list in the file of a register. */
const HEADS: Readonly<Record<string, object>> = { parties: { version: 1 } }

/** @param settings further ones of every gateway, in the shape of gongxiang.yaml */
export function createCaseGateways(settings: Settings = {}): CaseGateways {
  const gateways = new Map<string, ReturnType<typeof start>>()
  return {
    async gatewayFor(one) {
      const key = keyOf(one)
      const known = gateways.get(key) ?? start(one, settings)
      gateways.set(key, known)
      const started = await known
      started.setTime(instantOf(one))
      return started.gateway
    },
    all: async () => (await Promise.all(gateways.values())).map(({ gateway }) => gateway),
    async release(later) {
      const needed = new Set(later.map(keyOf))
      for (const [key, started] of gateways) if (!needed.has(key)) await (await started).gateway.halt()
    },
    async stop() {
      for (const started of gateways.values()) await (await started).gateway.stop()
    },
  }
}

function keyOf({ regime, registers = {}, catalogue = {} }: Situation): string {
  return JSON.stringify([regime, registers, catalogue])
}

type Settings = Readonly<Record<string, unknown>>

async function start(
  one: Situation,
  settings: Settings,
): Promise<{ readonly gateway: TestGateway; setTime(now: number): void }> {
  const { regime, registers = {}, catalogue = {} } = one
  const { revocations = [], emergencies = [], suspensions = [], ...lists } = registers
  let now = instantOf(one)
  const content = Object.entries(lists).map(([name, list]) => [name, { ...HEADS[name], [name]: list }] as const)
  const gateway = await startTestGateway({
    regime,
    settings,
    registers: Object.fromEntries(content),
    events: [...revocations.map((event) => ({ kind: 'GRANT_REVOKED' as const, ...event })), ...emergencies],
    officers: suspensions.map((event) => ({ kind: 'OFFICER_SUSPENDED' as const, ...event })),
    clock: { now: () => now, monotonic: () => systemClock.monotonic() },
  })
  // The departments register anew while the gateway runs (S23): it takes the composition into service by itself.
  if (Object.keys(catalogue).length > 0) await gateway.compose(composeAmended(catalogue, regime))
  return {
    gateway,
    setTime(next) {
      now = next
    },
  }
}
