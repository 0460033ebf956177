import { composeAmended } from '../kit/amended-city.ts'
import { startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import type { Situation } from './case-file.ts'

/** Gateways for cases: those with the same regime, registers and catalogue share one. */
export interface CaseGateways {
  gatewayFor(one: Situation): Promise<TestGateway>
  /** Every gateway that was started. */
  all(): Promise<readonly TestGateway[]>
  stop(): Promise<void>
}

/** What stands above the list in the file of a register. */
const HEADS: Readonly<Record<string, object>> = { parties: { version: 1 } }

export function createCaseGateways(): CaseGateways {
  const gateways = new Map<string, Promise<TestGateway>>()
  return {
    gatewayFor(one) {
      const { regime, registers = {}, catalogue = {} } = one
      const key = JSON.stringify([regime, registers, catalogue])
      const known = gateways.get(key) ?? start(one)
      gateways.set(key, known)
      return known
    },
    all: () => Promise.all(gateways.values()),
    async stop() {
      for (const gateway of gateways.values()) await (await gateway).stop()
    },
  }
}

async function start({ regime, registers = {}, catalogue = {} }: Situation): Promise<TestGateway> {
  const content = Object.entries(registers).map(([name, list]) => [name, { ...HEADS[name], [name]: list }] as const)
  const gateway = await startTestGateway({ regime, registers: Object.fromEntries(content) })
  // The departments register anew while the gateway runs (S23): it takes the composition into service by itself.
  if (Object.keys(catalogue).length > 0) await gateway.compose(composeAmended(catalogue, regime))
  return gateway
}
