import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { configMarkdown, configSchemaText } from '../../../gateway/config/document.ts'
import { definition } from '../../../gateway/config/schema.ts'
import { SETTINGS } from '../../../gateway/config/settings.ts'
import { alarmsSchemaText } from '../../../scripts/generate-config-docs.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

describe('what is generated from the definition', () => {
  it.each([
    ['docs/config.md', configMarkdown],
    ['schema/config.schema.json', configSchemaText],
    ['schema/alarms.schema.json', alarmsSchemaText],
  ])('%s is current; else run: node scripts/generate-config-docs.ts', async (file, print) => {
    expect(await readFile(resolve(ROOT, file), 'utf8')).toBe(print())
  })

  it('documents every setting, each with a description and a variable of its own', () => {
    const variables = SETTINGS.map(({ variable }) => variable)
    expect(new Set(variables).size).toBe(variables.length)
    for (const { path, description } of SETTINGS) expect(description, path.join('.')).not.toBe('')
    for (const variable of variables) expect(configMarkdown()).toContain(variable.replace('*', '<DEPARTMENT>'))
  })

  it('the JSON Schema accepts and refuses what the definition does', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    const accepts = ajv.compile(JSON.parse(configSchemaText()) as object)
    for (const good of [{}, { http: { port: 1 } }, { departments: { tax: { apiKeyFile: 'x' } } }]) {
      expect(accepts(good)).toBe(true)
      expect(definition.safeParse(good).success).toBe(true)
    }
    for (const bad of [{ htp: {} }, { http: { port: -1 } }, { departments: { A: {} } }, { http: { port: '1' } }]) {
      expect(accepts(bad)).toBe(false)
      expect(definition.safeParse(bad).success).toBe(false)
    }
  })
})
