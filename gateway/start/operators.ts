import type { Config } from '../config/config.ts'
import { startOperatorsServer } from '../http/metrics.ts'
import type { Readiness } from '../http/server.ts'
import type { Family } from '../observe/metrics/family.ts'
import type { Closers } from '../vocabulary/closers.ts'
import { listenFault, StartFault } from './preflight.ts'

/**
 * Opens the address of the operators where one is configured.
 *
 * @returns where metrics are served, or null
 */
export async function serveMetrics(
  { metrics: { host, port } }: Pick<Config, 'metrics'>,
  looks: { families(): readonly Family[] | Promise<readonly Family[]>; readiness(): Promise<Readiness> },
  closers: Closers,
): Promise<string | null> {
  if (port === null) return null
  const families = async (): Promise<readonly Family[]> => looks.families()
  const options = { host, port, families, readiness: () => looks.readiness() }
  const server = await startOperatorsServer(options).catch((error: unknown) => {
    throw new StartFault([listenFault(error, { host, port, settings: 'metrics' })], error)
  })
  closers.add(() => server.close())
  return `http://${shownHost(host)}:${server.port}/metrics`
}

/** A host as a person on this machine would type it. */
export function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
