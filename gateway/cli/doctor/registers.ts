import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseParties } from '../../adapters/party-register-file.ts'
import { readRegime } from '../../adapters/regime-file.ts'
import { listCases, listMatters, readGrants } from '../../adapters/register-files.ts'
import { readComposed } from '../../adapters/supergraph-files.ts'
import { parseYamlText } from '../../config/yaml.ts'
import { checkRegisters as checkAgainstCatalog } from '../../grants/check-registers.ts'
import type { RegisterFinding } from '../../grants/check-registers.ts'
import type { Config } from '../../config/config.ts'
import { fail, ok, reasonOf, same, warn } from './finding.ts'
import type { Check, Finding } from './finding.ts'

const REMEDY = {
  zh: '改正登记表;网关按原样运行,不合的条目不起作用',
  en: 'Mend the register; the gateway runs as it is, and what does not fit opens nothing',
}

/** Matters, cases and grants fit the catalogue, the parties and the regime: every misfit with file, line and column. */
export const checkRegisterContents: Check = (config) => {
  try {
    return Promise.resolve(findings(config))
  } catch (error) {
    // A file that cannot be read at all is told by its own check.
    return Promise.resolve([warn('registers', same(reasonOf(error)), REMEDY)])
  }
}

function findings(config: Config): readonly Finding[] {
  const files = config.registers
  const texts = {
    matters: readFileSync(files.matters, 'utf8'),
    cases: readFileSync(files.cases, 'utf8'),
    grants: readFileSync(files.grants, 'utf8'),
  }
  const found = checkAgainstCatalog({
    matters: listMatters(files.matters, texts.matters),
    cases: listCases(files.cases, texts.cases),
    grants: readGrants(files.grants, texts.grants),
    parties: parseParties(readFileSync(files.parties, 'utf8'), files.parties),
    catalog: readComposed(config.schemaDirectory).catalog,
    regime: readRegime(join(config.schemaDirectory, 'regimes', `${config.regime}.yaml`)),
  })
  if (found.length === 0) return [ok('registers', '登记表与目录相符', 'the registers fit the catalogue')]
  const yaml = {
    matters: parseYamlText(texts.matters, files.matters),
    cases: parseYamlText(texts.cases, files.cases),
    grants: parseYamlText(texts.grants, files.grants),
  }
  return found.map((one) => told(one, yaml[one.register].locate(one.path)))
}

function told(finding: RegisterFinding, origin: ReturnType<ReturnType<typeof parseYamlText>['locate']>): Finding {
  const { register, severity, text, clause } = finding
  const place = origin.kind === 'file' ? `${origin.file}:${origin.line}:${origin.column}: ` : ''
  const reason = clause === null ? '' : ` [${clause}]`
  const whole = { zh: `${place}${text.zh}${reason}`, en: `${place}${text.en}${reason}` }
  return severity === 'error'
    ? fail(`register.${register}`, whole, REMEDY)
    : warn(`register.${register}`, whole, REMEDY)
}
