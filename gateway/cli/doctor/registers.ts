import type { ComposedSchema } from '../../adapters/supergraph-files.ts'
import type { Config } from '../../config/config.ts'
import { checkConfiguredRegisters, isRebuildable, printFinding, servedComposition } from '../../start/register-check.ts'
import { fail, ok, reasonOf, same, warn } from './finding.ts'
import type { Check, Finding } from './finding.ts'
import { operationFindings } from './operations.ts'

const REMEDY = {
  zh: '改正登记表;网关照常运行,不合的条目不起作用',
  en: 'Mend the register; the gateway runs all the same, and what does not fit opens nothing',
}

const SIGN = {
  zh: '收回其中一项授权,或由数据主管部门签字接受;生产模式的网关不会以此启动,也不会改用这样的登记表',
  en: 'Withdraw one of the grants, or have the data authority sign; a production gateway neither starts with it nor takes it over',
}

/** Matters, cases, grants and registered operations fit the catalogue, the parties and the regime: every misfit with file, line and column. */
export const checkRegisterContents: Check = (config) => {
  try {
    const composed = servedComposition(config)
    return Promise.resolve([...findingsOf(config, composed), ...operationFindings(config, composed)])
  } catch (error) {
    // A file that cannot be read at all is told by its own check.
    return Promise.resolve([warn('registers', same(reasonOf(error)), REMEDY)])
  }
}

function findingsOf(config: Config, composed: ComposedSchema): readonly Finding[] {
  const { findings } = checkConfiguredRegisters(config, composed)
  if (findings.length === 0) return [ok('registers', '登记表与目录相符', 'the registers fit the catalogue')]
  return findings.map((one) => {
    const name = `register.${one.register}`
    const remedy = isRebuildable(one) ? SIGN : REMEDY
    return one.severity === 'error' ? fail(name, printFinding(one), remedy) : warn(name, printFinding(one), remedy)
  })
}
