import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildConsole, ensureConsole } from '../../../scripts/build-console.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gongxiang-build-'))
})
afterEach(async () => await rm(folder, { recursive: true, force: true }))

describe('the console build', () => {
  test('is whole: page, style, three workers and fonts, hashed, listed, with nothing left over', async () => {
    const outDir = join(folder, 'out')
    const { files, hash } = await buildConsole({ outDir })
    expect(await readdir(folder)).toEqual(['out'])
    expect(hash).toMatch(/^[0-9a-f]{16}$/)
    expect(JSON.parse(await readFile(join(outDir, 'manifest.json'), 'utf8'))).toMatchObject({ hash, files })
    const stems = [
      /^main-\w{8}\.js$/,
      /^main-\w{8}\.css$/,
      /^editor-\w{8}\.js$/,
      /^graphql-\w{8}\.js$/,
      /^json-\w{8}\.js$/,
    ]
    for (const stem of [...stems, /^codicon-\w{8}\.ttf$/, /^font-.*\.woff$/]) {
      expect(files.filter((file) => stem.test(file)).length, String(stem)).toBeGreaterThan(0)
    }
    for (const file of files) expect((await stat(join(outDir, file))).size, file).toBeGreaterThan(0)
    const style = await readFile(join(outDir, files.find((file) => /^main-.*\.css$/.test(file)) ?? ''), 'utf8')
    expect(style).not.toMatch(/url\(['"]?(https?:)?\/\//)
    expect(style).not.toContain('data:font')
    expect(style).toContain('Noto Sans CJK SC')
  })

  test('the page asks only for workers that the build holds', async () => {
    const outDir = join(folder, 'out')
    const { files } = await buildConsole({ outDir })
    const script = await readFile(join(outDir, files.find((file) => /^main-.*\.js$/.test(file)) ?? ''), 'utf8')
    const named = [...script.matchAll(/"\.\/((?:editor|graphql|json)-\w{8}\.js)"/g)].map(([, name]) => name)
    expect(new Set(named).size).toBe(3)
    for (const name of named) expect(files).toContain(name)
  })
})

describe('the cache of builds', () => {
  test('is filled once, and a build of other sources is not taken', async () => {
    const options = { dataDir: join(folder, 'data'), prebuilt: join(folder, 'none') }
    const first = await ensureConsole(options)
    await writeFile(join(first, 'witness'), '')
    expect(await ensureConsole(options)).toBe(first)
    expect(await readdir(first), 'not built again').toContain('witness')
    await writeFile(join(first, 'manifest.json'), '{"hash":"of-other-sources"}')
    expect(await ensureConsole(options)).toBe(first)
    expect(await readdir(first), 'built again').not.toContain('witness')
  })

  test('gives way to a finished build of the same sources', async () => {
    const prebuilt = join(folder, 'dist')
    await buildConsole({ outDir: prebuilt })
    expect(await ensureConsole({ dataDir: join(folder, 'data'), prebuilt })).toBe(prebuilt)
    expect(await readdir(folder)).toEqual(['dist'])
  })
})
