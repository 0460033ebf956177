import { access, constants, readdir, stat, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import type { Config } from '../../config/config.ts'
import { fail, ok, reasonOf, same, warn } from './finding.ts'
import type { Check, Finding } from './finding.ts'

/** Node that runs TypeScript by stripping types without a flag. */
export const checkNode: Check = () => {
  const version = process.versions.node
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const good = major > 22 || (major === 22 && minor >= 18)
  const finding = good
    ? ok('node', `Node ${version}`, `Node ${version}`)
    : fail(
        'node',
        { zh: `Node ${version} 太旧`, en: `Node ${version} is too old` },
        { zh: '用 npm start 运行,或安装 Node 26', en: 'Run by npm start, or install Node 26' },
      )
  return Promise.resolve([finding])
}

function listenError(host: string, port: number): Promise<unknown> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)))
  })
}

async function gatewayAnswers({ host, port }: Config['http']): Promise<boolean> {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const address = `http://${name.includes(':') ? `[${name}]` : name}:${port}/health/live`
  try {
    return (await fetch(address, { signal: AbortSignal.timeout(2_000), redirect: 'error' })).status === 200
  } catch {
    return false
  }
}

/** The port is free, or this gateway already answers on it. */
export const checkPort: Check = async ({ http }) => {
  const place = `${http.host}:${http.port}`
  if (http.port === 0) return [ok('port', '使用任一空闲端口', 'any free port is taken')]
  const error = await listenError(http.host, http.port)
  if (error === null) return [ok('port', `${place} 空闲`, `${place} is free`)]
  if (await gatewayAnswers(http)) return [ok('port', `网关正在 ${place} 运行`, `a gateway is running on ${place}`)]
  const remedy = {
    zh: '停止占用端口的程序,或用 GONGXIANG_PORT 改用其他端口',
    en: 'Stop what uses it, or take another port with GONGXIANG_PORT',
  }
  return [fail('port', { zh: `${place} 不可用:${reasonOf(error)}`, en: `${place}: ${reasonOf(error)}` }, remedy)]
}

async function newestIn(directory: string): Promise<number> {
  const names = await readdir(directory).catch(() => [])
  const times = await Promise.all(
    names.map((name) =>
      stat(join(directory, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  )
  return Math.max(0, ...times)
}

/** Files written in the future mean that the clock was, or is, wrong: grants end and tokens expire by it. */
export const checkClock: Check = async (config) => {
  const places = [config.dataDirectory, config.audit.directory, config.schemaDirectory]
  const newest = Math.max(...(await Promise.all(places.map(newestIn))))
  const ahead = Math.round((newest - Date.now()) / 1000)
  const time = new Date().toISOString()
  if (ahead <= 60) return [ok('clock', `时钟 ${time}`, `the clock says ${time}`)]
  return [
    fail(
      'clock',
      {
        zh: `时钟显示 ${time},但已有文件写于 ${ahead} 秒之后`,
        en: `the clock says ${time}, yet a file was written ${ahead} s later`,
      },
      { zh: '校准系统时间(NTP)后再启动', en: 'Set the clock of the machine (NTP) before starting' },
    ),
  ]
}

/** The folder itself, or the nearest one above it that exists. */
async function nearestFolder(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  )
  return exists || path === dirname(path) ? path : nearestFolder(dirname(path))
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}

async function checkFolder(check: string, path: string, needed: number): Promise<Finding> {
  const folder = await nearestFolder(path)
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  if (!writable)
    return fail(
      check,
      { zh: `${path} 不可写`, en: `${path} cannot be written` },
      { zh: '把目录的所有者改为运行网关的用户', en: 'Give the folder to the user that runs the gateway' },
    )
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const text = { zh: `${path} 剩余 ${gibibytes(free)}`, en: `${path} has ${gibibytes(free)} left` }
  const remedy = { zh: '腾出空间,或换到更大的磁盘', en: 'Free some space, or move to a larger disk' }
  if (free < needed) return fail(check, text, remedy)
  return free < 2 ** 30 ? warn(check, text, remedy) : { ...ok(check, '', ''), text }
}

/** Folders can be written and have room for two audit segments of each process: without room nothing is answered. */
export const checkDisk: Check = async (config) => [
  await checkFolder('disk.data', config.dataDirectory, 64 * 2 ** 20),
  await checkFolder('disk.audit', config.audit.directory, 2 * config.audit.segmentBytes * config.processes),
]

/** Regime and composed schema are there. */
export const checkSchema: Check = async (config) => {
  const regime = join(config.schemaDirectory, 'regimes', `${config.regime}.yaml`)
  const known = (await readdir(dirname(regime)).catch(() => []))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
  const supergraph = join(config.schemaDirectory, 'supergraph.graphql')
  const composed = await stat(supergraph).catch(() => null)
  return [
    known.includes(config.regime)
      ? ok('regime', `共享制度 ${config.regime}`, `sharing regime ${config.regime}`)
      : fail(
          'regime',
          { zh: `没有共享制度 ${config.regime}`, en: `there is no regime ${config.regime}` },
          same(`regime: ${known.join(' | ') || regime}`),
        ),
    composed === null
      ? warn(
          'supergraph',
          { zh: `缺少 ${supergraph}`, en: `${supergraph} is missing` },
          { zh: '运行 gongxiang compose(启动时也会生成)', en: 'Run: gongxiang compose (a start does it too)' },
        )
      : ok('supergraph', `总图 ${supergraph}`, `supergraph ${supergraph}`),
  ]
}
