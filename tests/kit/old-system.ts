import type { OldSystem } from '../../city/systems/old-system.ts'
import { startOldSystems } from '../../city/systems/old-systems.ts'

/** One running old system. */
export interface RunningSystem {
  /** The address that its department is configured with. */
  readonly url: string
  close(): Promise<void>
}

/** Starts one old system of the city over its data, on a free port. */
export async function startOldSystem(directory: string, system: OldSystem): Promise<RunningSystem> {
  const running = await startOldSystems({ directory, port: 0, systems: [system] })
  return { url: running.addressOf(system.path) ?? '', close: () => running.close() }
}

/** Several running old systems. */
export interface RunningSystems {
  /** What a department is connected with. */
  addressesOf(department: string): { readonly apiUrl: string | undefined; readonly soapUrl: string | undefined }
  close(): Promise<void>
}

/** Starts old systems of the city, all of them or those that are given, on a free port. */
export async function startSystems(directory: string, systems?: readonly OldSystem[]): Promise<RunningSystems> {
  const running = await startOldSystems({ directory, port: 0, ...(systems === undefined ? {} : { systems }) })
  return {
    addressesOf: (department) => ({
      apiUrl: running.addressOf(`${department}/rest`),
      soapUrl: running.addressOf(`${department}/soap`),
    }),
    close: () => running.close(),
  }
}
