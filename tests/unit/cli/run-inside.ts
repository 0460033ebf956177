import { Command, CommanderError } from 'commander'
import { vi } from 'vitest'
import { COMMANDS } from '../../../gateway/cli/commands.ts'
import { printFailure } from '../../../gateway/cli/terminal.ts'
import { dataOf } from '../../kit/audit-house.ts'
import type { Outcome } from './run.ts'

/** `gongxiang audit …`. */
export function auditInside(folder: string, args: readonly string[]): Promise<Outcome> {
  return gongxiangInside(folder, ['audit', ...args])
}

/**
 * Runs a command in this process, with the data folder of a test; what the program itself adds around it is tested
 * elsewhere. One at a time, and paths are absolute: the folder of this process is another.
 */
export async function gongxiangInside(folder: string, args: readonly string[]): Promise<Outcome> {
  const program = new Command('gongxiang').option('--config <file>').exitOverride()
  program.configureOutput({ writeErr: (text) => void process.stderr.write(text) })
  const [out, err]: [string[], string[]] = [[], []]
  const spies = [spyOn('stdout', out), spyOn('stderr', err)]
  vi.stubEnv('GONGXIANG_DATA_DIRECTORY', dataOf(folder))
  vi.stubEnv('LANG', 'en_US.UTF-8')
  vi.stubEnv('LC_ALL', undefined)
  vi.stubEnv('LC_MESSAGES', undefined)
  process.exitCode = undefined
  try {
    await COMMANDS.find(({ name }) => name === args[0])?.register(program)
    await program.parseAsync(args, { from: 'user' })
    return { code: Number(process.exitCode ?? 0), out: out.join(''), err: err.join('') }
  } catch (error) {
    if (!(error instanceof CommanderError)) printFailure(error)
    return { code: error instanceof CommanderError ? 2 : 1, out: out.join(''), err: err.join('') }
  } finally {
    process.exitCode = undefined
    for (const spy of spies) spy.mockRestore()
    vi.unstubAllEnvs()
  }
}

function spyOn(name: 'stdout' | 'stderr', into: string[]) {
  return vi.spyOn(process[name], 'write').mockImplementation((text) => {
    into.push(typeof text === 'string' ? text : Buffer.from(text).toString('utf8'))
    return true
  })
}
