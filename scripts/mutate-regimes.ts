import { writeFile } from 'node:fs/promises'
import { mutateRegimes } from '../tests/mutation/mutate.ts'
import { faultsOfReasons, PAGE, printPage, readReasons } from '../tests/mutation/print.ts'

// `npm run mutate:regimes`: prints docs/law/parameters.md anew, and says what is wrong with the reasons.
const outcomes = await mutateRegimes()
const reasons = readReasons()
await writeFile(PAGE, printPage(outcomes, reasons))
const faults = faultsOfReasons(outcomes, reasons)
const held = outcomes.filter(({ fate }) => fate === 'named').length
console.log(`${outcomes.length} changes, ${held} held by a case that names the clause: docs/law/parameters.md`)
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1
