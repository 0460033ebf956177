import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { configMarkdown, configSchemaText } from '../gateway/config/document.ts'
import { alarmSettingsSchema } from '../gateway/governance/alarms/settings.ts'

/** The JSON Schema of the alarm rules, as its file holds it. */
export function alarmsSchemaText(): string {
  return `${JSON.stringify(alarmSettingsSchema(), null, 2)}\n`
}

/** Writes docs/config.md and the JSON Schemas of what is configured below the root; returns the files written. */
export async function generateConfigDocs(root: string): Promise<readonly string[]> {
  const files = [
    { path: join(root, 'docs/config.md'), text: configMarkdown() },
    { path: join(root, 'schema/config.schema.json'), text: configSchemaText() },
    { path: join(root, 'schema/alarms.schema.json'), text: alarmsSchemaText() },
  ]
  for (const { path, text } of files) await writeFile(path, text)
  return files.map(({ path }) => path)
}

if (import.meta.main) await generateConfigDocs(join(import.meta.dirname, '..'))
