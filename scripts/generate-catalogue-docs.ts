import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { indexPage } from './catalogue-docs/index-page.ts'
import { departmentPage } from './catalogue-docs/page.ts'
import { readCatalogue } from './catalogue-docs/read.ts'

/** The pages of docs/catalogue by file name, printed from what the departments' folders say now. */
export function catalogueDocs(): ReadonlyMap<string, string> {
  const source = readCatalogue()
  const pages = source.departments.map((one) => [`${one.code}.md`, departmentPage(source, one)] as const)
  return new Map([['README.md', indexPage(source)], ...pages])
}

/** Writes docs/catalogue below the root, and takes away the page of a department that is gone; returns the files written. */
export async function generateCatalogueDocs(root: string): Promise<readonly string[]> {
  const folder = join(root, 'docs/catalogue')
  const pages = catalogueDocs()
  await mkdir(folder, { recursive: true })
  for (const old of await readdir(folder)) if (!pages.has(old)) await rm(join(folder, old))
  for (const [name, text] of pages) await writeFile(join(folder, name), text)
  return [...pages.keys()].map((name) => join(folder, name))
}

if (import.meta.main) await generateCatalogueDocs(join(import.meta.dirname, '..'))
