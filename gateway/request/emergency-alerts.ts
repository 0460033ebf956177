import { LRUCache } from 'lru-cache'
import { publishEmergency } from '../observe/channels.ts'
import type { EmergencyNotice } from '../observe/channels.ts'

/** How many uses and misuses are remembered as told. */
const REMEMBERED = 10_000

/** Tells of emergencies what must not be overlooked, each once. */
export interface EmergencyAlerts {
  /**
   * @param who whose it is, so that nobody's first use is lost behind another's
   * @param again milliseconds after which the same is told again; never where absent
   */
  tell(notice: EmergencyNotice, who: string, now: number, again?: number): void
}

/** Alerts that live as long as the process: after a restart a first use is a first use again. */
export function createEmergencyAlerts(): EmergencyAlerts {
  const told = new LRUCache<string, number>({ max: REMEMBERED })
  return {
    tell(notice, who, now, again = Infinity) {
      const { what, emergency, department, flaw } = notice
      const key = JSON.stringify([what, emergency, department, flaw, who])
      const last = told.get(key)
      if (last !== undefined && now - last < again) return
      told.set(key, now)
      publishEmergency(() => notice)
    },
  }
}
