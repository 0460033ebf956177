import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { filesBelow } from '../../../scripts/bundle/folders.ts'
import { ELASTIC, isPermitted, licenceList, readLicences, refusedLicences } from '../../../scripts/bundle/licences.ts'
import type { LicensedPackage } from '../../../scripts/bundle/licences.ts'
import { CONSOLE_ROOTS, shippedPackages } from '../../../scripts/bundle/packages.ts'
import { NODE_VERSION, readRuntime } from '../../../scripts/bundle/runtimes.ts'
import { billOfMaterials } from '../../../scripts/bundle/sbom.ts'
import { writeArchive } from '../../../scripts/bundle/tar.ts'
import { trackedSources } from '../../../scripts/bundle/tracked.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../../..')

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gx-bundle-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const put = async (file: string, content: unknown): Promise<void> => {
  await mkdir(dirname(join(folder, file)), { recursive: true })
  await writeFile(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content))
}

describe('the archive', () => {
  const long = `${'folder/'.repeat(40)}a-long-name.txt`
  const entries = [
    { path: 'top/b.sh', executable: true, content: Buffer.from('#!/bin/sh\n') },
    { path: `top/${long}`, executable: false, content: Buffer.from('long') },
    { path: `top/${'x/'.repeat(60)}${'n'.repeat(90)}`, executable: false, content: Buffer.from('split') },
    { path: 'top/文件.txt', executable: false, content: Buffer.alloc(1500, 'x') },
    { path: 'top/empty', executable: false, content: Buffer.alloc(0) },
  ]

  test('is read by tar as it was written: names, bytes, who may run it', async () => {
    const archive = join(folder, 'a.tar.gz')
    await writeArchive(archive, entries, 1_700_000_000)
    await run('tar', ['-xzf', archive, '-C', folder])
    for (const { path, content, executable } of entries) {
      expect(await readFile(join(folder, path))).toEqual(content)
      const { mode, mtimeMs } = await stat(join(folder, path))
      expect([(mode & 0o111) !== 0, mtimeMs]).toEqual([executable, 1_700_000_000_000])
    }
  })

  test('has the same bytes whatever the order, and others for another content', async () => {
    const bytes = async (name: string, list: typeof entries): Promise<string> => {
      await writeArchive(join(folder, name), list, 1_700_000_000)
      return createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex')
    }
    const first = await bytes('1', entries)
    expect(await bytes('2', entries.toReversed())).toBe(first)
    expect(await bytes('3', entries.slice(1))).not.toBe(first)
  })

  test('is not made of a file that somebody changed meanwhile', async () => {
    await put('in.txt', 'new')
    const digest = createHash('sha256').update('old').digest('hex')
    const entry = { path: 'in.txt', executable: false, content: { file: join(folder, 'in.txt') }, digest }
    await expect(writeArchive(join(folder, 'x'), [entry], 0)).rejects.toThrow('in.txt was changed while it was packed')
  })

  test('takes files of a folder by their path, without links and without what is left out', async () => {
    await put('in/a.txt', 'a')
    await put('in/node_modules/b/b.txt', 'b')
    await put('in/deep/c.txt', 'c')
    await run('ln', ['-s', 'a.txt', join(folder, 'in/link')])
    const found = await filesBelow(join(folder, 'in'), 'node_modules')
    expect(found.map(({ path }) => path).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['a.txt', 'deep/c.txt'])
  })
})

describe('what is packed', () => {
  const integrity = (name: string): string => `sha512-${Buffer.from(name).toString('base64')}`
  const locked = (name: string, more: object = {}): object => ({
    version: '1.0.0',
    integrity: integrity(name),
    ...more,
  })

  async function tree(
    change: (wanted: Record<string, object>, present: Record<string, object>) => void,
  ): Promise<void> {
    const packages = {
      '': { dependencies: { a: '1.0.0' } },
      'node_modules/a': locked('a', { dependencies: { b: '*' }, peerDependencies: { p: '*' } }),
      'node_modules/b': locked('b1'),
      'node_modules/a/node_modules/b': locked('b2', { version: '2.0.0' }),
      'node_modules/p': locked('p'),
      'node_modules/native': locked('native', { optional: true }),
      'node_modules/tool': locked('tool', { dev: true, dependencies: { b: '*' } }),
      'node_modules/react': locked('react', { dev: true, dependencies: { inner: '*' } }),
      'node_modules/inner': locked('inner', { dev: true }),
    }
    const wanted: Record<string, object> = structuredClone(packages)
    const { 'node_modules/native': _absent, ...rest } = structuredClone(packages)
    const present: Record<string, object> = rest
    change(wanted, present)
    await put('package-lock.json', { packages: wanted })
    await put('node_modules/.package-lock.json', { packages: present })
    for (const [at, one] of Object.entries(present)) if (at !== '') await put(`${at}/package.json`, one)
  }

  test('is the lockfile without tools, with what is built into the console', async () => {
    await tree(() => {})
    const found = await shippedPackages(folder)
    expect(found.map(({ location, version, part }) => [location, version, part])).toEqual([
      ['node_modules/a', '1.0.0', 'runtime'],
      ['node_modules/a/node_modules/b', '2.0.0', 'runtime'],
      ['node_modules/b', '1.0.0', 'runtime'],
      ['node_modules/inner', '1.0.0', 'console'],
      ['node_modules/p', '1.0.0', 'runtime'],
      ['node_modules/react', '1.0.0', 'console'],
    ])
    expect(found[0]?.needs).toEqual(['node_modules/a/node_modules/b', 'node_modules/p'])
  })

  test.each([
    ['another version', { version: '1.0.1', integrity: integrity('b1') }, 'node_modules/b is 1.0.1, not 1.0.0'],
    ['other bytes', { version: '1.0.0', integrity: integrity('x') }, 'node_modules/b was installed from other bytes'],
    ['nothing', null, 'node_modules/b is missing'],
  ])('refuses a tree that holds %s', async (_what, present, message) => {
    await tree((_, installed) => {
      delete installed['node_modules/b']
      if (present !== null) installed['node_modules/b'] = present
    })
    await expect(shippedPackages(folder)).rejects.toThrow(message)
  })

  test('refuses a folder that was changed after it was installed', async () => {
    await tree(() => {})
    await put('node_modules/b/package.json', { version: '6.6.6' })
    await expect(shippedPackages(folder)).rejects.toThrow('node_modules/b holds 6.6.6, not 1.0.0')
  })

  test('refuses what the lockfile names without a hash', async () => {
    await tree((wanted) => {
      wanted['node_modules/b'] = { version: '1.0.0' }
    })
    await expect(shippedPackages(folder)).rejects.toThrow('node_modules/b has no integrity')
  })

  test('the console imports nothing that is not counted as built in', async () => {
    const sources = (await readdir(join(ROOT, 'console'), { recursive: true })).filter((one) => /\.tsx?$/.test(one))
    const texts = await Promise.all(sources.map((one) => readFile(join(ROOT, 'console', one), 'utf8')))
    const names = texts.flatMap((text) =>
      [...text.matchAll(/(?:from|import) '((?:@[\w-]+\/)?[\w-]+)/g)].map(([, name = '']) => name),
    )
    expect(names.length).toBeGreaterThan(0)
    expect([...new Set(names)].filter((name) => !CONSOLE_ROOTS.includes(name))).toEqual([])
  })

  test('the runtime is the one of package.json', async () => {
    const { devDependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>
    }
    expect(devDependencies['node']).toBe(NODE_VERSION)
  })

  test('a runtime of other bytes is refused, one of the right bytes read', async () => {
    await put('package/bin/node', 'binary')
    await put('package/LICENSE', 'text')
    const tarball = join(folder, 'node.tgz')
    await run('tar', ['-czf', tarball, '-C', folder, 'package'])
    const sum = createHash('sha512')
      .update(await readFile(tarball))
      .digest('base64')
    const { binary, licence } = await readRuntime('linux-x64', tarball, sum)
    expect([binary, licence].map(String)).toEqual(['binary', 'text'])
    await expect(readRuntime('linux-x64', tarball, 'AAAA')).rejects.toThrow('is not the runtime of linux-x64')
  })

  test('sources are those of the commit; what differs from it is packed only when asked for, and says so', async () => {
    const git = (...args: readonly string[]): Promise<unknown> =>
      run('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.cn', ...args])
    await git('init', '-q')
    await put('a.txt', 'a')
    await put('.gitignore', 'hidden\n')
    await put('hidden', 'secret')
    await git('add', '.')
    await git('commit', '-qm', 'first')
    const clean = await trackedSources(folder, false)
    expect(clean.name).toMatch(/^[0-9a-f]{12}$/)
    expect(clean.files.map(({ path }) => path)).toEqual(['.gitignore', 'a.txt'])
    await put('b.txt', 'b')
    await expect(trackedSources(folder, false)).rejects.toThrow('--dirty')
    const dirty = await trackedSources(folder, true)
    expect(dirty.name).toBe(`${clean.name}-dirty`)
    expect(dirty.files.map(({ path }) => path)).toContain('b.txt')
    expect(dirty.files.map(({ path }) => path)).not.toContain('hidden')
  })
})

function licensed(name: string, licence: string | null, text = ''): LicensedPackage {
  const texts = text === '' ? [] : [{ file: 'LICENSE', text }]
  return {
    location: `node_modules/${name}`,
    name,
    version: '1.0.0',
    integrity: 'sha512-AAEC',
    part: 'runtime',
    needs: [],
    licence,
    texts,
  }
}

describe('licences', () => {
  test.each([
    ['MIT', true],
    ['(MIT AND BSD-3-Clause)', true],
    ['(MPL-2.0 OR Apache-2.0)', true],
    ['(GPL-3.0 OR AGPL-3.0)', false],
    ['MIT AND GPL-3.0', false],
    ['(MIT OR GPL-3.0) AND ISC', true],
    ['(MIT OR GPL-3.0) AND GPL-3.0', false],
    ['GPL-3.0 WITH Classpath-exception-2.0', false],
    ['MIT MIT', false],
    ['(MIT', false],
    ['SEE LICENSE IN LICENSE', false],
    ['UNLICENSED', false],
    ['', false],
  ])('%s: %s', (expression, permitted) => {
    expect(isPermitted(expression)).toBe(permitted)
  })

  test('a planted package without a licence, or under one that nobody permitted, is refused by name', () => {
    const packages = [licensed('good', 'MIT'), licensed('silent', null), licensed('strong', 'AGPL-3.0-only')]
    expect(refusedLicences(packages)).toEqual([
      'silent@1.0.0 names no licence',
      'strong@1.0.0 is under AGPL-3.0-only, which is not on the list of permitted licences',
    ])
  })

  test('the Elastic License is permitted for those that are named, and for no other', () => {
    const named = ELASTIC.packages.map((name) => licensed(name, 'Elastic-2.0'))
    expect(refusedLicences(named)).toEqual([])
    expect(refusedLicences([licensed('another', 'Elastic-2.0')])).toEqual([expect.stringContaining('another@1.0.0')])
    const list = licenceList(named, [])
    for (const name of ELASTIC.packages) expect(list).toContain(`\n  ${name}@1.0.0\n`)
  })

  test('are read from the package’s own folder, in each of the forms that npm has had', async () => {
    await put('node_modules/a/package.json', { license: 'MIT' })
    await put('node_modules/a/LICENSE.md', 'the words of a')
    await put('node_modules/b/package.json', { license: { type: 'ISC' } })
    await put('node_modules/c/package.json', { licenses: [{ type: 'GPL-3.0' }, { type: 'MIT' }] })
    await put('node_modules/d/package.json', {})
    const found = await readLicences(
      folder,
      ['a', 'b', 'c', 'd'].map((name) => licensed(name, null)),
    )
    expect(found.map(({ licence }) => licence)).toEqual(['MIT', 'ISC', 'GPL-3.0 OR MIT', null])
    expect(found[0]?.texts).toEqual([{ file: 'LICENSE.md', text: 'the words of a' }])
  })

  test('equal texts stand once, with every package that they are for', () => {
    const list = licenceList([licensed('a', 'MIT', 'words'), licensed('b', 'MIT', 'words'), licensed('c', 'ISC')], [])
    expect(list.split('\nwords\n')).toHaveLength(2)
    expect(list).toContain('a@1.0.0 (MIT)\nb@1.0.0 (MIT)\n\nwords')
    expect(list).toContain('c@1.0.0 (ISC)\n\n(The package carries no text of its licence; it names ISC.)')
  })

  test('every package that is shipped today may be', async () => {
    const packages = await readLicences(ROOT, await shippedPackages(ROOT))
    expect(packages.length).toBeGreaterThan(100)
    expect(refusedLicences(packages)).toEqual([])
  })
})

describe('the bill of materials', () => {
  interface Bill {
    readonly specVersion: string
    readonly serialNumber: string
    readonly components: readonly {
      readonly 'bom-ref': string
      readonly purl: string
      readonly hashes: readonly { readonly alg: string; readonly content: string }[]
      readonly licenses: unknown
    }[]
    readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
  }
  const subject = { version: '0.1.0', commit: 'abc', time: '2026-01-01T00:00:00.000Z' }
  const bill = (packages: readonly LicensedPackage[]): Bill =>
    JSON.parse(billOfMaterials(subject, packages, [])) as Bill

  test('names each package once, with its licence and the hash of the lockfile', () => {
    const twice = { ...licensed('b', '(MIT AND ISC)'), location: 'node_modules/a/node_modules/b' }
    const { components, specVersion } = bill([
      { ...licensed('@s/a', 'MIT'), needs: ['node_modules/a/node_modules/b'] },
      twice,
      licensed('b', '(MIT AND ISC)'),
    ])
    expect(specVersion).toBe('1.6')
    expect(components.map(({ purl }) => purl)).toEqual(['pkg:npm/%40s/a@1.0.0', 'pkg:npm/b@1.0.0'])
    expect(components[0]?.licenses).toEqual([{ license: { id: 'MIT' } }])
    expect(components[1]?.licenses).toEqual([{ expression: '(MIT AND ISC)' }])
    expect(components[1]?.hashes).toEqual([{ alg: 'SHA-512', content: '000102' }])
  })

  test('of what is shipped holds together: every reference is to a component, the same content has the same number', async () => {
    const packages = await readLicences(ROOT, await shippedPackages(ROOT))
    const { components, dependencies, serialNumber } = bill(packages)
    const refs = new Set(components.map((one) => one['bom-ref']))
    expect(refs.size).toBe(components.length)
    const loose = dependencies.flatMap(({ dependsOn }) => dependsOn.filter((ref) => !refs.has(ref)))
    expect(loose).toEqual([])
    expect(components.filter(({ hashes }) => !/^[0-9a-f]{128}$/.test(hashes[0]?.content ?? ''))).toEqual([])
    expect(serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(bill(packages).serialNumber).toBe(serialNumber)
    expect(bill(packages.slice(1)).serialNumber).not.toBe(serialNumber)
  })
})

test('the scripts of the bundle are shell that dash takes', async () => {
  for (const name of ['install.sh', 'gongxiang.sh']) {
    await cp(join(ROOT, 'scripts/bundle/files', name), join(folder, name))
    await expect(run('sh', ['-n', join(folder, name)])).resolves.toMatchObject({ stderr: '' })
  }
})
