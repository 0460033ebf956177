import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../../kit/run.ts'
import type { Finished } from '../../kit/run.ts'

const ROOT = path.resolve(import.meta.dirname, '..', '..', '..')

/** A small project whose one dependency is a tarball beside it: `npm ci` is the real one and needs no registry. */
describe('scripts/ensure-install.mjs', () => {
  let folder = ''
  let project = ''
  const npm = (...parameters: string[]): Promise<Finished> => run(['npm', ...parameters], project, QUIET)
  const ensure = (environment: Record<string, string | undefined> = {}): Promise<Finished> =>
    run([process.execPath, 'scripts/ensure-install.mjs'], project, { ...QUIET, ...environment })
  const installed = (file = 'package.json'): string => path.join(project, 'node_modules', 'dep', file)
  const editLock = async (edit: (lock: Lock) => void): Promise<void> => {
    const file = path.join(project, 'package-lock.json')
    const lock = JSON.parse(await readFile(file, 'utf8')) as Lock
    edit(lock)
    await writeFile(file, JSON.stringify(lock))
  }

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'install-'))
    project = path.join(folder, 'project')
    await mkdir(path.join(folder, 'dep'))
    await mkdir(project)
    await writeFile(path.join(folder, 'dep', 'package.json'), JSON.stringify({ name: 'dep', version: '1.2.3' }))
    await run(['npm', 'pack', '--pack-destination', project], path.join(folder, 'dep'), QUIET)
    await writeFile(
      path.join(project, 'package.json'),
      JSON.stringify({ name: 'project', version: '1.0.0', devDependencies: { dep: 'file:dep-1.2.3.tgz' } }),
    )
    expect(await npm('install', '--package-lock-only')).toMatchObject({ code: 0 })
    await cp(path.join(project, 'package-lock.json'), path.join(folder, 'lock.json'))
    await cp(path.join(ROOT, 'scripts'), path.join(project, 'scripts'), { recursive: true })
  })
  beforeEach(async () => {
    await rm(path.join(project, 'node_modules'), { recursive: true, force: true })
    await cp(path.join(folder, 'lock.json'), path.join(project, 'package-lock.json'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('installs into an empty tree, saying so, development packages included under NODE_ENV=production', async () => {
    const { code, output } = await ensure({ NODE_ENV: 'production' })
    expect(output).toMatch(/installing packages \(nothing is installed yet\)/)
    expect(output).toMatch(/packages installed in \d+ s/)
    expect(code).toBe(0)
    expect(existsSync(installed())).toBe(true)
  })

  test('does and says nothing when the tree matches, and leaves foreign files in it alone', async () => {
    await ensure()
    const before = await stat(installed())
    await writeFile(path.join(project, 'node_modules', 'mine.txt'), 'x')
    expect(await ensure()).toEqual({ code: 0, output: '' })
    expect((await stat(installed())).ino).toBe(before.ino)
    expect(existsSync(path.join(project, 'node_modules', 'mine.txt'))).toBe(true)
  })

  test.each([
    ['a deleted package', () => rm(installed(), { force: true }), 'dep was deleted'],
    [
      'an interrupted install',
      () => rm(path.join(project, 'node_modules', '.package-lock.json')),
      'nothing is installed yet',
    ],
  ])('installs again after %s', async (_what, damage, reason) => {
    await ensure()
    await damage()
    expect((await ensure()).output).toContain(reason)
    expect(existsSync(installed())).toBe(true)
  })

  test('has nothing against an absent package for another platform', async () => {
    await ensure()
    await editLock((lock) => {
      lock.packages['node_modules/dep-win32'] = { version: '1.0.0', optional: true, os: ['win32'] }
    })
    expect(await ensure()).toEqual({ code: 0, output: '' })
  })

  test('says why and ends with 1 when npm cannot install', async () => {
    await editLock((lock) => {
      const entry = lock.packages['node_modules/dep']
      if (entry) entry.integrity = `sha512-${'A'.repeat(86)}==`
    })
    const { code, output } = await ensure()
    expect(code).toBe(1)
    expect(output).toMatch(/installing the packages failed: npm ci ended with/)
    expect(output).toContain('EINTEGRITY')
  })

  test('installs once when two start at the same time', async () => {
    const both = await Promise.all([ensure(), ensure()])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    const all = both.map(({ output }) => output).join('')
    expect(all.match(/packages installed/g)).toHaveLength(1)
    expect(existsSync(path.join(project, '.gongxiang', 'install.lock'))).toBe(false)
  })

  test('takes over the lock of a process that has died', async () => {
    const dead = await run([process.execPath, '-p', 'process.pid'], project)
    await mkdir(path.join(project, '.gongxiang'), { recursive: true })
    await writeFile(path.join(project, '.gongxiang', 'install.lock'), dead.output.trim())
    const { code, output } = await ensure()
    expect({ code, waited: output.includes('waiting') }).toEqual({ code: 0, waited: false })
  })
})

/** Without the variables of an `npm test` around us, which point npm at our own project; no registry is asked. */
const QUIET: Record<string, string | undefined> = {
  ...Object.fromEntries(
    Object.keys(process.env).flatMap((name) => (name.toLowerCase().startsWith('npm_') ? [[name, undefined]] : [])),
  ),
  npm_config_offline: 'true',
  npm_config_update_notifier: 'false',
}

interface Lock {
  readonly packages: Record<string, { version?: string; integrity?: string; optional?: boolean; os?: string[] }>
}
