/** Counters in a file, to be killed: prints each count once it is made. Argument: directory. */
import { writeSync } from 'node:fs'
import { createEmbeddedCounters } from '../../gateway/adapters/counters-sqlite.ts'
import { DAY } from '../../gateway/limits/counters.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'

const counters = createEmbeddedCounters(process.argv[2] ?? '', systemClock)
for (let at = 0; ; at += 1) {
  const { total } = await counters.takeDistinct('killed', [`m${at}`], 90 * DAY, 1_000_000)
  writeSync(1, `${total}\n`)
}
