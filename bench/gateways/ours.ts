import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../../gateway/start/composition.ts'
import { spawnNode } from '../processes.ts'
import type { Core } from '../processes.ts'
import type { GatewaySpec } from './gateway.ts'
import { install } from './installation.ts'
import { WORLD_PLAN } from './world-plan.ts'

/** A kind of this gateway. */
export interface OursOptions {
  readonly name: string
  readonly title: string
  /** Settings beside those of the bench, in the shape of gongxiang.yaml. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Folder of the program; this one where absent. */
  readonly root?: string
  readonly core?: Core
}

/** As `npm start` and the image have them. */
const FLAGS = ['--max-semi-space-size=16']

/** This gateway as it ships: its own command, identity by token, decisions, audit with fsync. */
export function ours({ name, title, settings = {}, root = ROOT, core: own }: OursOptions): GatewaySpec {
  return {
    name,
    title,
    ...(own === undefined ? {} : { core: own }),
    async start({ directory, urls, nodeArgs, core, plan = WORLD_PLAN }) {
      const { configFile, headers } = await install(directory, urls, plan, await knownSettings(root, settings))
      const program = join(root, 'gateway/cli/gongxiang.ts')
      const args = [...nodeArgs, ...FLAGS, program, '--config', configFile, 'start']
      const spawned = spawnNode({ core, args, cwd: directory })
      const [, url = ''] = await spawned.printed(/ready at (http:\S+)/)
      return { pid: spawned.pid, url: `${url}/graphql`, headers, spawned, stop: () => spawned.stop() }
    },
  }
}

/** Of some settings those that a checkout knows: an older one refuses the others. */
async function knownSettings(
  root: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const text = await readFile(join(root, 'schema/config.schema.json'), 'utf8')
  const { properties } = JSON.parse(text) as { properties: Readonly<Record<string, unknown>> }
  return Object.fromEntries(Object.entries(settings).filter(([name]) => Object.hasOwn(properties, name)))
}

/** The same engine with the law left out (engine-child.ts). */
export const engine: GatewaySpec = {
  name: 'engine',
  title: 'its engine alone: everything allowed, nobody identified, nothing recorded',
  async start({ directory, urls, nodeArgs, core }) {
    const { configFile } = await install(directory, urls, WORLD_PLAN)
    const args = [...nodeArgs, ...FLAGS, join(import.meta.dirname, 'engine-child.ts'), configFile]
    const spawned = spawnNode({ core, args, cwd: directory })
    const [, url = ''] = await spawned.printed(/ready at (http:\S+)/)
    return { pid: spawned.pid, url: `${url}/graphql`, headers: {}, spawned, stop: () => spawned.stop() }
  },
}
