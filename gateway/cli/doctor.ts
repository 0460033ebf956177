import type { Command } from 'commander'
import type { Config } from '../config/config.ts'
import { ConfigFault, faultLine } from '../config/fault.ts'
import { configWarnings } from '../config/production.ts'
import { configOf } from './context.ts'
import { checkEmergencies } from './doctor/emergencies.ts'
import { fail, ok, reasonOf, same, warn } from './doctor/finding.ts'
import type { Check, Finding } from './doctor/finding.ts'
import { checkGovernance } from './doctor/governance.ts'
import { checkClock, checkDisk, checkNode, checkPort, checkSchema } from './doctor/machine.ts'
import { checkMetrics, checkSeveral } from './doctor/processes.ts'
import { checkAnchors } from './doctor/anchors.ts'
import { checkHoldReach } from './doctor/hold-reach.ts'
import { checkBackups, checkGrowth, checkHolds, checkIndexLag, checkModes } from './doctor/record.ts'
import { checkRegisterContents } from './doctor/registers.ts'
import { checkSources } from './doctor/sources.ts'
import { checkTables } from './doctor/tables.ts'
import { checkIdentity, checkKeys, checkRegisters } from './doctor/trust.ts'
import { inLanguage, print, printJson, terminalLanguage } from './terminal.ts'

const CHECKS: readonly Check[] = [
  checkNode,
  checkPort,
  checkSeveral,
  checkMetrics,
  checkClock,
  checkDisk,
  checkGrowth,
  checkKeys,
  checkIdentity,
  checkRegisters,
  checkSchema,
  checkRegisterContents,
  checkEmergencies,
  checkGovernance,
  checkIndexLag,
  checkModes,
  checkHolds,
  checkHoldReach,
  checkAnchors,
  checkBackups,
  checkSources,
  checkTables,
]
const MEND_CONFIG = { zh: '改正配置,见 docs/config.md', en: 'Mend the configuration, see docs/config.md' }

function configFindings(config: Config): readonly Finding[] {
  const good = ok('config', `配置有效(${config.mode})`, `the configuration is good (${config.mode})`)
  return [good, ...configWarnings(config).map((text) => warn('config', same(text), MEND_CONFIG))]
}

async function examine(command: Command): Promise<readonly Finding[]> {
  let config: Config
  try {
    config = await configOf(command)
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error
    return error.faults.map((fault) => fail('config', same(faultLine(fault)), MEND_CONFIG))
  }
  const findings = [...configFindings(config)]
  for (const check of CHECKS) findings.push(...(await check(config)))
  return findings
}

const MARKS = { ok: '✓', warn: '!', fail: '✗' } as const

function printFindings(findings: readonly Finding[]): void {
  const language = terminalLanguage(process.env)
  for (const { check, state, text, remedy } of findings) {
    print(`${MARKS[state]} ${state.padEnd(4)} ${check.padEnd(20)} ${inLanguage(text, language)}`)
    if (remedy !== null) print(`${' '.repeat(28)}→ ${inLanguage(remedy, language)}`)
  }
}

const EXIT_CODES = '\nExit code: 0 all well or warnings only, 1 something must be mended.'

/** `gongxiang doctor`. */
export function register(program: Command): void {
  program
    .command('doctor')
    .description('Check this machine and everything that the gateway needs.')
    .option('--json', 'print as JSON')
    .addHelpText('after', `${EXIT_CODES}\n\nExamples:\n  gongxiang doctor\n  gongxiang doctor --json`)
    .action(async (options: { readonly json?: boolean }, command: Command) => {
      const findings = await examine(command).catch((error: unknown) => [
        fail('doctor', same(reasonOf(error)), same('gongxiang doctor --json')),
      ])
      const good = findings.every(({ state }) => state !== 'fail')
      if (options.json === true) printJson({ ok: good, findings })
      else printFindings(findings)
      process.exitCode = good ? 0 : 1
    })
}
