import { READINGS, gatherReadings } from '../gather.ts'
import type { ReadingName } from '../gather.ts'
import { watchStages } from '../stages.ts'
import { gaugeFamily } from './family.ts'
import type { Family } from './family.ts'
import { countEvents } from './gateway-metrics.ts'
import { watchProcess } from './process-metrics.ts'

/** All metrics of this process. */
export interface Metrics {
  families(): readonly Family[]
  stop(): void
}

/** Counts from now on until `stop`. Nothing is counted, timed or watched in a process that does not start this. */
export function startMetrics(): Metrics {
  const events = countEvents()
  const runtime = watchProcess()
  const stopStages = watchStages()
  return {
    families: () => [...events.families(), ...readFamilies(), ...runtime.families()],
    stop() {
      events.stop()
      runtime.stop()
      stopStages()
    },
  }
}

function readFamilies(): readonly Family[] {
  const readings = Object.groupBy(gatherReadings(), ({ name }) => name)
  return Object.entries(READINGS).map(([name, help]): Family => {
    const now = readings[name as ReadingName] ?? []
    const samples = now.map(({ labels = {}, value }) => ({ labels: Object.entries(labels), value }))
    return { ...gaugeFamily(name, help, samples), type: name.endsWith('_total') ? 'counter' : 'gauge' }
  })
}
