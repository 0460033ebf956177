import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildBundle } from '../../scripts/bundle.ts'
import { trackedSources } from '../../scripts/bundle/tracked.ts'
import type { Answer } from '../kit/child-gateway.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')

/** The machine of an installation: its Node, no npm registry, and nothing of the tree that made the bundle. */
const OFFLINE = {
  PATH: `${dirname(process.execPath)}:/usr/bin:/bin:/usr/sbin`,
  LANG: 'en_US.UTF-8',
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  npm_config_offline: 'true',
  GONGXIANG_PORT: '0',
  GONGXIANG_CITY_PEOPLE: '60',
  GONGXIANG_LOG_LEVEL: 'warn',
}

/** Where the kernel lets us, the whole in a network of its own, in which there is nothing but itself. */
async function withoutNetwork(): Promise<readonly string[]> {
  const words = ['unshare', '--user', '--map-root-user', '--net']
  return run('unshare', [...words.slice(1), 'ip', 'link', 'set', 'lo', 'up']).then(
    () => words,
    () => [],
  )
}

let folder = ''
let archive = ''
let home = ''
const build = (out: string): Promise<string> =>
  buildBundle({ root: join(folder, 'tree'), out, platforms: [], lenient: false, dirty: false, log: () => {} })

/** The sources as they lie here now, committed in a tree of their own: nobody else writes to it. */
async function snapshot(tree: string): Promise<void> {
  for (const { path, content } of (await trackedSources(ROOT, true)).files) {
    await mkdir(dirname(join(tree, path)), { recursive: true })
    if ('file' in content) await copyFile(content.file, join(tree, path))
  }
  await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
  const git = (...args: readonly string[]): Promise<unknown> =>
    run('git', ['-C', tree, '-c', 'user.name=test', '-c', 'user.email=test@example.cn', ...args])
  await git('init', '-q')
  await appendFile(join(tree, '.git/info/exclude'), 'node_modules\n')
  await git('add', '.')
  await git('commit', '-qm', 'snapshot')
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gx-offline-'))
  await snapshot(join(folder, 'tree'))
  archive = await build(join(folder, 'made'))
  await mkdir(join(folder, 'machine'))
  await run('tar', ['-xzf', archive, '-C', join(folder, 'machine')])
  home = join(folder, 'machine', (await readdir(join(folder, 'machine')))[0] ?? '')
}, 300_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

const verify = (): Promise<{ stdout: string; stderr: string }> =>
  run(join(home, 'install.sh'), ['--verify'], { env: OFFLINE })

describe('npm run bundle', () => {
  test('makes an archive whose checksum lies beside it', async () => {
    const { stdout } = await run('sha256sum', ['-c', `${basename(archive)}.sha256`], { cwd: dirname(archive) })
    expect(stdout).toMatch(/: OK\n$/)
  })

  test('makes the same bytes again', async () => {
    const again = await build(join(folder, 'again'))
    expect(basename(again)).toBe(basename(archive))
    expect(await readFile(`${again}.sha256`, 'utf8')).toBe(await readFile(`${archive}.sha256`, 'utf8'))
  }, 300_000)

  test('has sources, packages, the built console, the bill, the licences, the guide; and no tool', async () => {
    const sums = await readFile(join(home, 'SHA256SUMS'), 'utf8')
    for (const file of [
      'app/gateway/cli/gongxiang.ts',
      'app/node_modules/graphql/package.json',
      'app/console/dist/manifest.json',
      'sbom.cdx.json',
      'THIRD-PARTY-LICENCES.txt',
      'INSTALL.md',
      'install.sh',
      'gongxiang',
    ])
      expect(sums).toMatch(new RegExp(`^[0-9a-f]{64}  ${file}$`, 'm'))
    for (const tool of ['vitest', 'oxlint', 'typescript', 'esbuild', 'playwright-core', 'react'])
      expect(sums).not.toContain(` app/node_modules/${tool}/`)
    const install = await readFile(join(home, 'INSTALL.md'), 'utf8')
    expect(install).not.toMatch(/\{\w+\}/)
    expect(install).toContain('`@apollo/gateway`')
  })

  test('is verified file by file', async () => {
    expect((await verify()).stdout).toMatch(/\d+ 个文件校验无误/)
  })

  test.each([
    [
      'a byte more',
      () => appendFile(join(home, 'app/node_modules/graphql/index.js'), ' '),
      'app/node_modules/graphql/index.js',
    ],
    ['a file less', () => unlink(join(home, 'app/LICENSE')), 'app/LICENSE'],
    [
      'a file that nobody listed',
      () => writeFile(join(home, 'app/node_modules/planted.js'), ''),
      'app/node_modules/planted.js',
    ],
  ])('starts nothing where there is %s', async (_what, harm, named) => {
    const whole = join(folder, 'whole')
    await run('cp', ['-a', home, whole])
    try {
      await harm()
      const failed = await run(join(home, 'install.sh'), [], { env: OFFLINE }).catch((error: unknown) => error)
      expect(failed).toMatchObject({ code: 1, stdout: '' })
      expect(failed).toMatchObject({ stderr: expect.stringContaining(named) as string })
    } finally {
      await rm(home, { recursive: true })
      await run('mv', [whole, home])
    }
  })
})

describe('on a machine without a network', () => {
  let child: ChildProcess
  let output = ''
  let port = ''
  let before: readonly string[] = []
  const work = (): string => join(folder, 'work')

  /** Runs a shell in the network of the gateway. */
  const there = async (script: string): Promise<string> => {
    const enter =
      before.length === 0 ? [] : ['nsenter', '--user', '--preserve-credentials', '--net', '--target', String(child.pid)]
    const [command, ...words] = [...enter, 'sh', '-euc', script] as const
    return (await run(command ?? 'sh', words, { cwd: work(), env: OFFLINE })).stdout
  }

  beforeAll(async () => {
    before = await withoutNetwork()
    await mkdir(work())
    const start = before.length === 0 ? 'exec "$0"' : 'ip link set lo up && exec "$0"'
    const [command, ...words] = [...before, 'sh', '-euc', start, join(home, 'install.sh')]
    child = spawn(command ?? 'sh', words, { cwd: work(), env: OFFLINE, stdio: ['ignore', 'pipe', 'pipe'] })
    const ready = Promise.withResolvers<void>()
    const read = (part: Buffer): void => {
      output += part.toString('utf8')
      if (/Health +http/.test(output)) ready.resolve()
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('close', () => ready.reject(new Error(`it ended:\n${output}`)))
    await ready.promise
    port = /Health +http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1] ?? ''
  }, 120_000)

  afterAll(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'close')
  })

  test('the installation starts and answers the first query of its guide', async () => {
    const guide = await readFile(join(home, 'INSTALL.md'), 'utf8')
    const [, query = ''] = /```sh\n(TOKEN=[^]*?)```/.exec(guide) ?? []
    expect(query).toContain('./gongxiang token')
    const script = query.replace('./gongxiang', join(home, 'gongxiang')).replace(':4000', `:${port}`)
    const answer = JSON.parse(await there(script)) as Answer
    expect(answer.errors).toBeUndefined()
    expect(answer.data).toEqual({ person: { name: '欧阳静怡', household: { registrationStatus: 'NORMAL' } } })
  })

  test('the console is there, built beforehand', async () => {
    const page = await there(`curl -sS http://127.0.0.1:${port}/graphiql`)
    const [, script = ''] = /src="([^"]+\.js)"/.exec(page) ?? []
    expect(script).not.toBe('')
    const address = new URL(script, `http://127.0.0.1:${port}/graphiql`).href
    expect((await there(`curl -sSf '${address}' | wc -c`)).trim()).toMatch(/^\d{4,}$/)
    expect(await readdir(work(), { recursive: true })).not.toContain('.gongxiang/console')
  })
})
