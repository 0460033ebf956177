import { parseArgs } from 'node:util'
import { copyTree } from '../tests/attacks/detect.ts'
import type { Copy, Verdict } from '../tests/attacks/detect.ts'
import { complaintsAbout, readFaults } from '../tests/attacks/fault.ts'
import type { Fault } from '../tests/attacks/fault.ts'

// `npm run mutate:attacks [-- --only GRANTS-01,LIMITS --jobs 2]`: puts each fault of tests/attacks/faults into a copy of
// the tree, and says which of them the attack that is named does not notice. `--only` takes IDs or their beginnings.
const { values } = parseArgs({ options: { only: { type: 'string' }, jobs: { type: 'string', default: '1' } } })
const all = readFaults()
const only = values.only?.split(',')
const chosen = all.filter(({ id }) => !only || only.some((one) => id === one || id.startsWith(`${one}-`)))
const complaints = complaintsAbout(all)
for (const complaint of complaints) console.error(complaint)
process.exitCode = complaints.length === 0 && chosen.length > 0 ? await judgeAll(chosen, Number(values.jobs)) : 1

/** The exit code: 0 where every fault was noticed by every test that it names. */
async function judgeAll(faults: readonly Fault[], jobs: number): Promise<number> {
  const copies = await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, faults.length)) }, () => copyTree()))
  try {
    const [first] = copies
    if (!first || !(await isGreen(first, faults))) return 1
    const verdicts = await judgeWith(copies, faults)
    const missed = verdicts.filter(({ outcome }) => outcome !== 'detected')
    console.log(`${verdicts.length - missed.length} of ${verdicts.length} faults are detected`)
    for (const one of missed) console.log(rowOf(one))
    return missed.length === 0 ? 0 : 1
  } finally {
    await Promise.all(copies.map((copy) => copy.remove()))
  }
}

/** An attack that fails without any fault notices nothing. */
async function isGreen(copy: Copy, faults: readonly Fault[]): Promise<boolean> {
  const detectors = new Map(faults.flatMap(({ detectedBy }) => detectedBy).map((one) => [JSON.stringify(one), one]))
  const red = (await copy.results([...detectors.values()])).filter(({ kind }) => kind !== 'passed')
  console.log(`${detectors.size - red.length} of ${detectors.size} attacks hold without a fault`)
  for (const one of red) console.error(`red without a fault: ${one.test}${'reason' in one ? `: ${one.reason}` : ''}`)
  return red.length === 0
}

async function judgeWith(copies: readonly Copy[], faults: readonly Fault[]): Promise<readonly Verdict[]> {
  const waiting = [...faults]
  const verdicts: Verdict[] = []
  const work = async (copy: Copy): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const verdict = await copy.judge(next)
      verdicts.push(verdict)
      console.log(rowOf(verdict))
    }
  }
  await Promise.all(copies.map(work))
  return verdicts
}

function rowOf({ fault, outcome, detail, seconds }: Verdict): string {
  const took = `${seconds.toFixed(1)} s`.padStart(7)
  return `${fault.id.padEnd(14)} ${outcome.padEnd(8)} ${took}  ${fault.title}${outcome === 'detected' ? '' : `\n    ${detail}`}`
}
