import path from 'node:path'
import { ARCHITECTURE, GATE, runSteps } from './gate.ts'

// `npm run check`: the whole gate, every failure shown.
const results = await runSteps([...GATE, ARCHITECTURE], path.resolve(import.meta.dirname, '..'))
const failed = results.filter((result) => !result.passed)
console.log(`\n${results.length - failed.length} of ${results.length} checks passed`)
process.exitCode = failed.length === 0 ? 0 : 1
