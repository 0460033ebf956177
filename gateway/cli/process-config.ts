import { join } from 'node:path'
import type { Config, Department } from '../config/config.ts'
import { StartFault } from '../start/preflight.ts'

/** What may hold one process alone: an audit folder of its own, below the one that is configured. */
function auditDirectoryOf({ audit }: Pick<Config, 'audit'>, number: number): string {
  return join(audit.directory, String(number))
}

/**
 * The configuration of one of several processes: its own audit folder, and its part of the calls that each department
 * bears at once. The parts of all processes together are what is configured, so that an old system is asked no more
 * than before, however the requests fall.
 *
 * @param port on which all listen
 */
export function configOfProcess(config: Config, number: number, port: number): Config {
  return {
    ...config,
    http: { ...config.http, port },
    audit: { ...config.audit, directory: auditDirectoryOf(config, number) },
    departments: Object.fromEntries(
      Object.entries(config.departments).map(([code, one]) => [code, partOf(one, number, config.processes)] as const),
    ),
  }
}

function partOf(department: Department, number: number, processes: number): Department {
  const { concurrency } = department
  const rest = number <= concurrency % processes ? 1 : 0
  return { ...department, concurrency: Math.floor(concurrency / processes) + rest }
}

/** @throws StartFault where a department bears fewer calls at once than there are processes */
export function checkProcesses({ processes, departments }: Pick<Config, 'processes' | 'departments'>): void {
  const faults = Object.entries(departments)
    .filter(([, { concurrency }]) => concurrency < processes)
    .map(
      ([code, { concurrency }]) =>
        `departments.${code}.concurrency: ${concurrency} calls at once cannot be shared by ${processes} processes; ` +
        `start at most ${concurrency}`,
    )
  if (faults.length > 0) throw new StartFault(faults)
}
