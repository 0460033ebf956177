import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ShippedPackage } from './packages.ts'

/** Licences under which code may be handed on inside the bundle, by SPDX name. */
const PERMITTED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
])

/**
 * Elastic License 2.0 lets a city run them for its own departments, and forbids to offer them to others as a hosted service.
 * It is permitted for these and no others, and the bundle names them.
 */
export const ELASTIC = {
  licence: 'Elastic-2.0',
  packages: [
    '@apollo/composition',
    '@apollo/federation-internals',
    '@apollo/gateway',
    '@apollo/query-graphs',
    '@apollo/query-planner',
  ],
} as const

/** A package with what its own folder says of its licence. */
export interface LicensedPackage extends ShippedPackage {
  /** SPDX expression; null where package.json names none. */
  readonly licence: string | null
  /** Files of the folder that say so, with their text. */
  readonly texts: readonly { readonly file: string; readonly text: string }[]
}

const MANIFEST = z.object({
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
})

/** Reads what each package says of its licence. */
export async function readLicences(
  root: string,
  packages: readonly ShippedPackage[],
): Promise<readonly LicensedPackage[]> {
  return Promise.all(packages.map(async (one) => ({ ...one, ...(await licenceIn(join(root, one.location))) })))
}

async function licenceIn(folder: string): Promise<Pick<LicensedPackage, 'licence' | 'texts'>> {
  const manifest = MANIFEST.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')))
  const { license, licenses } = manifest
  const named =
    typeof license === 'string' ? license : (license?.type ?? licenses?.map(({ type }) => type).join(' OR '))
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice|unlicense)/i.test(file))
  const texts = await Promise.all(
    files.toSorted().map(async (file) => ({ file, text: await readFile(join(folder, file), 'utf8').catch(() => '') })),
  )
  return {
    licence: named === undefined || named === '' ? null : named,
    texts: texts.filter(({ text }) => text.trim() !== ''),
  }
}

/** What may not be handed on, one line each: a licence that is unknown, or that nobody has permitted. */
export function refusedLicences(packages: readonly LicensedPackage[]): readonly string[] {
  return packages.flatMap(({ name, version, licence }) => {
    const at = `${name}@${version}`
    if (licence === null) return [`${at} names no licence`]
    if (licence === ELASTIC.licence)
      return ELASTIC.packages.some((one) => one === name)
        ? []
        : [`${at} is under ${licence}, and not one of those that may be`]
    return isPermitted(licence) ? [] : [`${at} is under ${licence}, which is not on the list of permitted licences`]
  })
}

/** Whether an SPDX expression can be met by permitted licences alone. Throws nothing: what cannot be read is not permitted. */
export function isPermitted(expression: string): boolean {
  const tokens = expression.match(/\(|\)|[^\s()]+/g) ?? []
  let at = 0
  const either = (): boolean => {
    let met = both()
    while (tokens[at] === 'OR') {
      at += 1
      // Both sides are read, whatever the first one said.
      met = both() || met
    }
    return met
  }
  const both = (): boolean => {
    let met = one()
    while (tokens[at] === 'AND') {
      at += 1
      met = one() && met
    }
    return met
  }
  const one = (): boolean => {
    const token = tokens[at] ?? ''
    at += 1
    if (token !== '(') return PERMITTED.has(token)
    const met = either()
    at += 1
    return met && tokens[at - 1] === ')'
  }
  return either() && at === tokens.length
}

/** The licence list with texts, as people read it. Equal texts stand once, below all that they are for. */
export function licenceList(
  packages: readonly LicensedPackage[],
  runtimes: readonly { readonly name: string; readonly text: string }[],
): string {
  const byText = new Map<string, string[]>()
  for (const { name, version, licence, texts } of packages) {
    const text =
      texts.map((one) => one.text.trim()).join('\n\n') ||
      `(The package carries no text of its licence; it names ${licence ?? 'none'}.)`
    byText.set(text, [...(byText.get(text) ?? []), `${name}@${version} (${licence ?? 'unknown'})`])
  }
  for (const { name, text } of runtimes)
    byText.set(text.trim(), [...(byText.get(text.trim()) ?? []), `${name} (MIT and others)`])
  const elastic = packages
    .filter(({ licence }) => licence === ELASTIC.licence)
    .map(({ name, version }) => `  ${name}@${version}`)
  const rule = '='.repeat(100)
  return [
    'Third-party licences of Gongxiang (共享), which is itself under Apache-2.0 (app/LICENSE).',
    '',
    'Under the Elastic License 2.0, which lets a city run them for its own departments and forbids to offer them to',
    'others as a hosted or managed service (以下软件包适用 Elastic License 2.0,本市自用可以,不得作为托管服务提供给他人):',
    ...elastic,
    '',
    `${packages.length} packages in all, each with its version, its licence, and the text that it carries.`,
    ...[...byText].flatMap(([text, names]) => ['', rule, ...names.toSorted(), '', text]),
    '',
  ].join('\n')
}
