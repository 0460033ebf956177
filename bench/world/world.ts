import { once } from 'node:events'
import { join } from 'node:path'
import { spawnNode } from '../processes.ts'
import type { Asked, RecordedFetch, Said, Told } from './server-child.ts'

/** The departments as they run. */
export interface World {
  readonly pid: number
  /** Department → address of its subgraph. */
  readonly urls: Readonly<Record<string, string>>
  /** What they were asked since the start. */
  asked(): Promise<Asked>
  /** Every fetch that is sent while something acts, in order. */
  record(act: () => Promise<unknown>): Promise<readonly RecordedFetch[]>
  stop(): Promise<void>
}

/** Starts the bench's departments; each answer waits so many milliseconds. */
export function startWorld(delayMs = 0): Promise<World> {
  return startDepartments([join(import.meta.dirname, 'server-child.ts'), String(delayMs)])
}

/** Starts the departments of the demonstration city, as they ship, over their own systems; seeded where they are not. */
export function startCity(directory: string, people: number, delayMs = 0): Promise<World> {
  const program = join(import.meta.dirname, 'city-child.ts')
  return startDepartments([program, directory, String(people), String(delayMs)])
}

async function startDepartments(args: readonly string[]): Promise<World> {
  const spawned = spawnNode({ core: 'around', args, ipc: true })
  const said = async <Kind extends Said['kind']>(kind: Kind): Promise<Said & { readonly kind: Kind }> => {
    const [message] = (await once(spawned.child, 'message')) as [Said]
    if (isOf(message, kind)) return message
    throw new Error(`the departments said ${message.kind}, not ${kind}`)
  }
  const tell = (told: Told): void => void spawned.child.send(told)
  const gone = once(spawned.child, 'exit').then(() => {
    throw new Error(`the departments did not start\n${spawned.said()}`)
  })
  const { ports } = await Promise.race([said('ports'), gone])
  gone.catch(() => undefined)
  return {
    pid: spawned.pid,
    urls: Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, `http://127.0.0.1:${port}/graphql`])),
    async asked() {
      const answer = said('asked')
      tell('asked')
      return answer
    },
    async record(act) {
      const begun = said('asked')
      tell('record')
      await begun
      await act()
      const answer = said('recorded')
      tell('recorded')
      return (await answer).fetches
    },
    stop: () => spawned.stop(),
  }
}

function isOf<Kind extends Said['kind']>(said: Said, kind: Kind): said is Said & { readonly kind: Kind } {
  return said.kind === kind
}
