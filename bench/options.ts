import { parseArgs } from 'node:util'
import { ROOT } from '../gateway/start/composition.ts'

export const HELP = `Usage: npm run bench -- [options]
  --only <names>      workloads, comma between; all where absent
  --gateways <names>  gateways, comma between; all where absent
  --rounds <n>        alternating rounds (4; 2 with --quick)
  --seconds <s>       seconds of one round (2; 1.5 with --quick)
  --quick             a short look
  --profile           with --cpu-prof, this gateway alone where none are named; prints where its time went
  --baseline <dir>    another checkout of this gateway, measured beside as \`baseline\`
A whole run writes bench/results.json and docs/performance.md; any other only prints.
`

/** What a run was asked for. */
export interface Options {
  readonly only: ReadonlySet<string> | null
  readonly gateways: ReadonlySet<string> | null
  readonly rounds: number
  readonly seconds: number
  readonly quick: boolean
  readonly profile: boolean
  /** Folder of another checkout of this gateway. */
  readonly baseline: string | null
  /** Folder of the repository. */
  readonly root: string
  /** Whether everything is measured, at full length: then the results are written down. */
  readonly whole: boolean
}

/** What every workload is run with. */
export interface BenchRun {
  /** Folder of its own. */
  readonly directory: string
  readonly options: Options
  readonly told: (line: string) => void
}

/** Reads the command line; null where only help is asked for. @throws Error with one clear line */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      gateways: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      baseline: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const { quick, profile } = values
  return {
    only: namesIn(values.only),
    gateways: namesIn(values.gateways ?? (profile ? 'ours' : undefined)),
    rounds: positive('rounds', values.rounds, quick ? 2 : 4),
    seconds: positive('seconds', values.seconds, quick ? 1.5 : 2),
    quick,
    profile,
    baseline: values.baseline ?? null,
    root: ROOT,
    whole: !quick && !profile && values.only === undefined && values.gateways === undefined,
  }
}

function namesIn(text: string | undefined): ReadonlySet<string> | null {
  return text === undefined ? null : new Set(text.split(','))
}

function positive(name: string, text: string | undefined, usual: number): number {
  const value = text === undefined ? usual : Number(text)
  if (!(value > 0)) throw new Error(`--${name} is a number above 0`)
  return value
}
