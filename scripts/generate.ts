import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { printFloorPlan } from '../tests/architecture/floor-plan.ts'
import { generateApplicationActions } from './generate-application-actions.ts'
import { generateCatalogueDocs } from './generate-catalogue-docs.ts'
import { generateConfigDocs } from './generate-config-docs.ts'

// `npm run generate`: every file that is printed from code; the tests fail where one is out of date.
const ROOT = path.resolve(import.meta.dirname, '..')

async function generateFloorPlan(): Promise<readonly string[]> {
  const file = path.join(ROOT, 'docs', 'floor-plan.md')
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, printFloorPlan())
  return [file]
}

for (const generate of [generateFloorPlan, generateConfigDocs, generateApplicationActions, generateCatalogueDocs]) {
  for (const file of await generate(ROOT)) console.log(`written: ${path.relative(ROOT, file)}`)
}
