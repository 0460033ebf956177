import type { InstallationPlan } from './installation.ts'
import type { Core, Spawned } from '../processes.ts'

/** A gateway that serves. */
export interface RunningPeer {
  readonly pid: number
  /** Where it is asked. */
  readonly url: string
  /** What a caller must send beside. */
  readonly headers: Readonly<Record<string, string>>
  readonly spawned: Spawned
  stop(): Promise<void>
}

/** What a gateway is started over. */
export interface StartContext {
  /** Folder for what it writes. */
  readonly directory: string
  /** Department → address. */
  readonly urls: Readonly<Record<string, string>>
  /** File of the plain supergraph, for whoever knows nothing of sharing. */
  readonly supergraph: string
  /** Further arguments of Node, e.g. for a profile. */
  readonly nodeArgs: readonly string[]
  readonly core: Core
  /** What is installed, for a gateway that is; the bench's own departments where absent. */
  readonly plan?: InstallationPlan
}

/** One of the gateways that are compared. */
export interface GatewaySpec {
  readonly name: string
  /** In a line of the report. */
  readonly title: string
  /** Whether its answers are fixed: then only what was recorded is compared. */
  readonly fixed?: boolean
  /** Where it runs whatever it is compared with; else where the workload says. */
  readonly core?: Core
  start(context: StartContext): Promise<RunningPeer>
}
