/**
 * What the engine alone costs: CPU per request for reading the departments' answers (JSON.parse), walking the plan, shaping
 * the answer and writing it, without any network. Prints microseconds; `--rounds` and `--seconds` say how long.
 */
import { parseArgs } from 'node:util'
import { execute, failedDepartments } from '../gateway/execute/execute.ts'
import type { ExecuteContext } from '../gateway/execute/execute.ts'
import { answerDecisions, answerErrors, answerNotes } from '../gateway/project/answer.ts'
import { project } from '../gateway/project/project.ts'
import type { Decision } from '../gateway/vocabulary/decision.ts'
import { WORKLOADS, workloadOf } from './engine-fixtures.ts'
import type { VerdictOf, Workload } from './engine-fixtures.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, seconds: { type: 'string', default: '0.4' } },
})

const OPEN: Decision = { kind: 'ALLOW', clause: 'ZS-4.03', grant: null }
const MASKED: Decision = { kind: 'MASK', rule: 'M-NAME', clause: 'ZS-4.03', grant: null }
const VIEWS: Readonly<Record<string, VerdictOf>> = {
  'all open': () => OPEN,
  // Whoever masks a lookup or an object refuses it: of the values every third.
  'every third masked': (at, index) => (index % 3 === 0 && !OBJECTS.test(at) ? MASKED : OPEN),
}
const OBJECTS = /^Query\.|\.(spouse|head|children|friends|contracts|home|number)$/

type Step = () => unknown

/** The steps of one request, each on the result of those before it. */
async function stepsOf({ schema, compiled, client, texts }: Workload): Promise<Readonly<Record<string, Step>>> {
  const context: ExecuteContext = {
    schema,
    client,
    monotonic: () => 0,
    context: { receipt: 'gx_bench', consumer: 'housing', matter: null },
    signal: new AbortController().signal,
  }
  const walk = () => execute(compiled, {}, context)
  const fetched = await walk()
  const failed = failedDepartments(fetched.outcomes)
  const shape = () => project(compiled, fetched.data, {}, failed)
  const projected = shape()
  const answers = [...texts.values()]
  return {
    parse: () => answers.map((text): unknown => JSON.parse(text)),
    execute: walk,
    project: shape,
    answer: () => [
      answerErrors(compiled, projected, {}, 'en'),
      answerDecisions(compiled, {}, false),
      answerNotes(projected, new Map()),
    ],
    stringify: () => JSON.stringify(projected.data),
    all: async () => {
      const { data, outcomes } = await walk()
      return JSON.stringify(project(compiled, data, {}, failedDepartments(outcomes)).data)
    },
  }
}

/** Microseconds of CPU per call, garbage collection included: of several rounds the least, which others disturbed least. */
async function cost(step: Step): Promise<number> {
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]
  let best = Infinity
  for (let round = 0; round <= rounds; round += 1) {
    const before = process.cpuUsage()
    const end = performance.now() + seconds * 1_000
    let calls = 0
    while (performance.now() < end) {
      for (let i = 0; i < 8; i += 1) await step()
      calls += 8
    }
    const { user, system } = process.cpuUsage(before)
    // The first one warms up.
    if (round > 0) best = Math.min(best, (user + system) / calls)
  }
  return best
}

for (const [view, verdictOf] of Object.entries(VIEWS)) {
  for (const name of Object.keys(WORKLOADS) as (keyof typeof WORKLOADS)[]) {
    const workload = await workloadOf(name, verdictOf)
    const steps = await stepsOf(workload)
    const { fetches } = WORKLOADS[name]
    if (workload.texts.size !== fetches) throw new Error(`${name} made ${workload.texts.size} fetches, not ${fetches}`)
    const bytes = Buffer.byteLength(String(steps['stringify']?.()))
    const figures: string[] = []
    for (const [step, run] of Object.entries(steps)) figures.push(`${step} ${(await cost(run)).toFixed(1)}`)
    process.stdout.write(`${view}, ${name}: ${fetches} fetches, ${bytes} bytes; µs ${figures.join(', ')}\n`)
  }
}
