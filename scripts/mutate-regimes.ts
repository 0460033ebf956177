import { readFile, writeFile } from 'node:fs/promises'
import { parseDocument } from 'yaml'
import { readReadings } from '../tests/cases/reading.ts'
import { mutateRegimes } from '../tests/mutation/mutate.ts'
import {
  faultsFound,
  headline,
  PAGE,
  printPage,
  readReasons,
  REASONS_FILE,
  staleReasons,
} from '../tests/mutation/print.ts'

// `npm run mutate:regimes`: takes out reasons that are needed no longer, prints docs/law/parameters.md anew, and says
// which changes no case holds, and for which parameters a reason is missing.
const outcomes = await mutateRegimes()
await takeOut(staleReasons(outcomes, readReasons()))
const reasons = readReasons()
await writeFile(PAGE, printPage(outcomes, reasons))
const faults = faultsFound(outcomes, reasons, readReadings())
console.log(`${headline(outcomes)}: docs/law/parameters.md`)
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1

async function takeOut(keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  const document = parseDocument(await readFile(REASONS_FILE, 'utf8'))
  for (const key of keys) document.delete(key)
  await writeFile(REASONS_FILE, document.toString({ lineWidth: 120, singleQuote: true }))
  console.log(`held now, reason taken out: ${keys.join(', ')}`)
}
