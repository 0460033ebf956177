import { access, constants } from 'node:fs/promises'
import { connect } from 'node:net'
import type { Department } from '../../config/config.ts'
import { departmentsToConnect } from '../../start/departments.ts'
import { fail, ok, reasonOf } from './finding.ts'
import type { Check, Finding } from './finding.ts'

const PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'postgres:': 5432,
  'postgresql:': 5432,
  'mysql:': 3306,
  'mariadb:': 3306,
  'mssql:': 1433,
  'sqlserver:': 1433,
  'redis:': 6379,
  'rediss:': 6379,
}

/** Host and port of an address, without its user and password. */
function endpointOf(address: string): { readonly host: string; readonly port: number } {
  const { protocol, hostname, port } = new URL(address)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (PORTS[protocol] ?? 0) : Number(port) }
}

function reach(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 3_000 })
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
    socket.once('timeout', () => {
      socket.destroy()
      reject(new Error('no answer within 3 s'))
    })
    socket.once('error', reject)
  })
}

async function checkAddress(check: string, address: string): Promise<Finding> {
  let place = '?'
  try {
    const { host, port } = endpointOf(address)
    place = `${host}:${port}`
    await reach(host, port)
    return ok(check, `${place} 可连接`, `${place} can be reached`)
  } catch (error) {
    // The reason of a bad address would quote it, with its password.
    const reason = place === '?' ? 'is no address' : reasonOf(error)
    return fail(
      check,
      { zh: `无法连接 ${place}:${reason}`, en: `${place} cannot be reached: ${reason}` },
      { zh: '检查地址、网络和对方系统', en: 'Check the address, the network and the other system' },
    )
  }
}

/** Nothing waits for a collector of traces: one that is gone is worth a warning. */
async function checkCollector(endpoint: string): Promise<Finding> {
  const finding = await checkAddress('tracing', endpoint)
  return finding.state === 'fail' ? { ...finding, state: 'warn' } : finding
}

async function checkFolder(check: string, path: string): Promise<Finding> {
  const readable = await access(path, constants.R_OK).then(
    () => true,
    () => false,
  )
  return readable
    ? ok(check, `${path} 可读`, `${path} can be read`)
    : fail(
        check,
        { zh: `${path} 不可读`, en: `${path} cannot be read` },
        { zh: '检查文件投放目录及其权限', en: 'Check the drop folder and its permissions' },
      )
}

async function checkDepartment(code: string, department: Department): Promise<readonly Finding[]> {
  const check = `source.${code}`
  if (department.kind === 'http') return [await checkAddress(check, department.url)]
  const { databaseUrl, apiUrl, directory } = department
  const found = await Promise.all([
    ...[databaseUrl, apiUrl].flatMap((address) => (address === null ? [] : [checkAddress(check, address)])),
    ...(directory === null ? [] : [checkFolder(check, directory)]),
  ])
  return found.length > 0 ? found : [ok(check, `${code} 内置演示系统`, `${code}: embedded demonstration system`)]
}

/** Every department that a start would connect can be reached. */
export const checkSources: Check = async (config) => {
  const connected = departmentsToConnect(config).map(([code, one]) => checkDepartment(code, one))
  const { url } = config.redis
  const own = config.cache.enabled ? (config.cache.redis?.url ?? null) : null
  const { endpoint } = config.tracing
  return [
    ...(await Promise.all(connected)).flat(),
    ...(url === null ? [] : [await checkAddress('redis', url)]),
    ...(own === null || own === url ? [] : [await checkAddress('cache.redis', own)]),
    ...(endpoint === null ? [] : [await checkCollector(endpoint)]),
  ]
}
