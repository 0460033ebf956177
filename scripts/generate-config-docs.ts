import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { configMarkdown, configSchemaText } from '../gateway/config/document.ts'

/** Writes docs/config.md and schema/config.schema.json below the root; returns the files written. */
export async function generateConfigDocs(root: string): Promise<readonly string[]> {
  const files = [
    { path: join(root, 'docs/config.md'), text: configMarkdown() },
    { path: join(root, 'schema/config.schema.json'), text: configSchemaText() },
  ]
  for (const { path, text } of files) await writeFile(path, text)
  return files.map(({ path }) => path)
}

if (import.meta.main) await generateConfigDocs(join(import.meta.dirname, '..'))
