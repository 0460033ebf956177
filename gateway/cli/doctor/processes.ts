import { createServer } from 'node:net'
import { StartFault } from '../../start/preflight.ts'
import { checkProcesses } from '../process-config.ts'
import { fail, ok, reasonOf, same } from './finding.ts'
import type { Check, Finding } from './finding.ts'

/** Why an address cannot be listened on; null where it can. */
function listenError(options: { host: string; port: number; reusePort?: boolean }): Promise<unknown> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen(options, () => server.close(() => resolve(null)))
  })
}

function shareFindings(config: Parameters<Check>[0]): readonly Finding[] {
  const remedy = { zh: '减少 processes,或调高该部门的 concurrency', en: 'Start fewer, or raise its concurrency' }
  try {
    checkProcesses(config)
    return []
  } catch (error) {
    if (!(error instanceof StartFault)) throw error
    return error.message.split('\n').map((line) => fail('processes', same(line), remedy))
  }
}

/** Several processes can share the port, and what the departments bear can be shared out among them. */
export const checkSeveral: Check = async (config) => {
  const { processes } = config
  if (processes === 1) return [ok('processes', '单进程', 'one process')]
  const faults = shareFindings(config)
  const error = await listenError({ host: '127.0.0.1', port: 0, reusePort: true })
  if (error !== null)
    return [
      ...faults,
      fail(
        'processes',
        { zh: '本系统不支持多进程共用端口', en: 'this system lets one process alone listen on a port' },
        { zh: '将 processes 设为 1,或换用 Linux', en: 'Set processes to 1, or use Linux' },
      ),
    ]
  return faults.length > 0 ? faults : [ok('processes', `${processes} 个进程`, `${processes} processes`)]
}

/** The address of the operators is free, or this gateway already answers there. */
export const checkMetrics: Check = async ({ metrics: { host, port } }) => {
  if (port === null) return [ok('metrics', '未启用指标', 'metrics are off')]
  const place = `${host}:${port}`
  const error = port === 0 ? null : await listenError({ host, port })
  if (error === null) return [ok('metrics', `${place} 空闲`, `${place} is free`)]
  const answers = await fetch(`http://${place}/health/live`, { signal: AbortSignal.timeout(2_000), redirect: 'error' })
    .then(({ status }) => status === 200)
    .catch(() => false)
  if (answers) return [ok('metrics', `网关正在 ${place} 提供指标`, `a gateway serves metrics on ${place}`)]
  const remedy = { zh: '改用其他 metrics.port', en: 'Take another metrics.port' }
  return [fail('metrics', { zh: `${place} 不可用:${reasonOf(error)}`, en: `${place}: ${reasonOf(error)}` }, remedy)]
}
