import type { ComposedSchema } from '../../adapters/supergraph-files.ts'
import type { Config } from '../../config/config.ts'
import { checkConfiguredOperations } from '../../start/operation-check.ts'
import { printFinding } from '../../start/register-check.ts'
import { fail, ok, reasonOf, same, warn } from './finding.ts'
import type { Finding } from './finding.ts'

const REMEDY = {
  zh: '改正登记表;有误的条目不生效,要求登记的应用不能执行它',
  en: 'Mend the register; an entry with a fault is not in force, and an application that needs it is refused',
}

/** Every registered operation runs, and uses nothing beyond its matter; each misfit with file, line and column. */
export function operationFindings(config: Config, composed: ComposedSchema): readonly Finding[] {
  try {
    const checked = checkConfiguredOperations(config, composed)
    const faults = checked.flatMap(({ findings }) => findings)
    const { length } = checked
    return faults.length === 0
      ? [ok('operations', `${length} 项已登记的查询均生效`, `all ${length} registered operations are in force`)]
      : faults.map((one) => fail('operations', printFinding(one), REMEDY))
  } catch (error) {
    // A file that cannot be read at all is told by its own check.
    return [warn('operations', same(reasonOf(error)), REMEDY)]
  }
}
