import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { text as readAll } from 'node:stream/consumers'
import { Writable } from 'node:stream'
import type { Command } from 'commander'
import { appendCacheEvent, readCacheEvents } from '../adapters/cache-events.ts'
import type { CacheEvent } from '../adapters/cache-events.ts'
import { tell } from '../adapters/cache-redis-scopes.ts'
import { longestLife } from '../adapters/entity-cache.ts'
import { openKeyFiles } from '../adapters/key-files.ts'
import { redisClient } from '../adapters/redis-connection.ts'
import { readComposed } from '../adapters/supergraph-files.ts'
import { subjectPseudonyms } from '../cache/names.ts'
import type { Scope } from '../cache/port.ts'
import { cacheEventsFile, keysDirectory } from '../config/config.ts'
import type { CacheConfig, Config } from '../config/config.ts'
import { holdsIdNumber } from '../vocabulary/id-number.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { STAFF_NUMBER } from '../vocabulary/staff-number.ts'
import { configOf } from './context.ts'
import { CommandFault, print, printJson, printNote } from './terminal.ts'

interface InvalidateOptions {
  readonly all?: boolean
  readonly department?: string
  readonly resource?: string
  /** Kind of identifier; the number is asked for. */
  readonly subject?: string
  readonly by: string
  readonly reason: string
  readonly json?: boolean
}

const EXAMPLES = `
The number of a subject is read from standard input, or asked for: an argument would stand in lists of processes and in
histories. Only its keyed hash leaves this process.

Examples:
  gongxiang cache invalidate --resource GA-18-01 --by PS-0001 --reason "更正一批登记"
  gongxiang cache invalidate --subject RESIDENT_ID --by PS-0001 --reason "当事人更正" < number.txt`

/** `gongxiang cache invalidate` and `cache list`. */
export function register(program: Command): void {
  const cache = program.command('cache').description('What is kept of departments’ answers (缓存).')
  cache
    .command('invalidate')
    .description('Make unfindable what is kept, everywhere and at once (使缓存立即失效).')
    .option('--all', 'everything')
    .option('--department <code>', 'what one department answered')
    .option('--resource <code>', 'what comes from one catalogue entry, by its code')
    .option('--subject <type>', 'one person or firm, by the type of its number, such as RESIDENT_ID or USCC')
    .requiredOption('--reason <text>', 'why, for the auditor')
    .requiredOption('--by <officer>', 'staff number of the officer who decides')
    .option('--json', 'print the event as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: InvalidateOptions, command: Command) => invalidate(options, await configOf(command)))
  cache
    .command('list')
    .description('List what was invalidated, by whom and why.')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang cache list --json')
    .action(async (options: { readonly json?: boolean }, command: Command) =>
      list(options.json === true, await configOf(command)),
    )
}

async function invalidate(options: InvalidateOptions, config: Config): Promise<void> {
  const { by, reason, json } = options
  if (reason.trim() === '') throw new CommandFault('a decision needs a reason that can be read later')
  if (!STAFF_NUMBER.test(by)) throw new CommandFault('--by takes a staff number')
  if ([reason, by].some(holdsIdNumber))
    throw new CommandFault("the reason is kept: leave citizens' numbers out of it (HZ-47.2)")
  if (!config.cache.enabled) throw new CommandFault('cache.enabled is false: nothing is kept')
  const scope = await scopeOf(options, config)
  const event = { scope, by, reason: reason.trim(), at: new Date(systemClock.now()).toISOString() }
  // Written down first: a gateway of this machine follows the file, and tells Redis again where this does not succeed.
  await appendCacheEvent(cacheEventsFile(config), event)
  const told = await tellAll(config.cache, scope)
  if (json === true) printJson({ kind: 'CACHE_INVALIDATED', ...event, told })
  else print(`Invalidated: ${nameOf(scope)}. A running gateway of this machine follows within one second.`)
  if (told) return
  printNote('Redis does not answer: gateways of other machines have not been told; repeat this when it is back')
  process.exitCode = 1
}

async function scopeOf(options: InvalidateOptions, config: Config): Promise<Scope> {
  const { all, department, resource, subject } = options
  if ([all, department, resource, subject].filter((one) => one !== undefined).length !== 1)
    throw new CommandFault('name one of --all, --department, --resource, --subject')
  if (department !== undefined) return known('department', department, config)
  if (resource !== undefined) return known('resource', resource, config)
  return subject === undefined ? { kind: 'all' } : subjectScope(subject, config)
}

/** A misspelt code would invalidate nothing, and nobody would know. */
function known(kind: 'department' | 'resource', code: string, config: Config): Scope {
  const { mode, schemaDirectory, dataDirectory } = config
  const directory = mode === 'production' ? schemaDirectory : join(dataDirectory, 'schema')
  const resources = resourcesIn(directory)
  if (resources === null) printNote(`no catalogue can be read in ${directory}; the code is not looked up there`)
  else if (!resources.some((one) => (kind === 'resource' ? one.code : one.department) === code))
    throw new CommandFault(`the catalogue has no ${kind} ${code}`)
  return { kind, code }
}

function resourcesIn(directory: string) {
  try {
    return readComposed(directory).catalog.resources
  } catch {
    return null
  }
}

async function subjectScope(type: string, config: Config): Promise<Scope> {
  if (!/^[A-Z_]{2,40}$/.test(type)) throw new CommandFault('--subject takes the type of a number, such as RESIDENT_ID')
  const number = (await askNumber()).trim()
  if (number === '') throw new CommandFault('no number was given')
  // The firm may be kept under its credit code, which only the register knows: nothing of it may stay (HZ-15.2).
  if (type === 'REGISTRATION_NUMBER') {
    printNote('a firm may be kept under its credit code as well: everything is invalidated')
    return { kind: 'all' }
  }
  const keys = await openKeyFiles(keysDirectory(config), config.mode, systemClock)
  return { kind: 'subject', pseudonyms: [...subjectPseudonyms(keys, type, number)] }
}

/** From a file or a pipe as it is; at a terminal asked for, and not shown. */
async function askNumber(): Promise<string> {
  if (!process.stdin.isTTY) return readAll(process.stdin)
  process.stderr.write('Number (号码): ')
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}

/** Whether all replicas were told; with no Redis there are none elsewhere. */
async function tellAll(config: CacheConfig, scope: Scope): Promise<boolean> {
  if (config.redis === null) return true
  const redis = redisClient(config.redis, PATIENCE)
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    await tell(redis, [scope], { now: systemClock.now(), life: longestLife(config) })
    return true
  } catch {
    return false
  } finally {
    redis.disconnect()
  }
}

/** Milliseconds that Redis may take here. */
const PATIENCE = 2_000

function nameOf(scope: Scope): string {
  switch (scope.kind) {
    case 'all':
      return 'everything'
    case 'subject':
      return 'one subject'
    case 'department':
    case 'resource':
      return `${scope.kind} ${scope.code}`
  }
}

async function list(json: boolean, config: Config): Promise<void> {
  const file = cacheEventsFile(config)
  const { events, badLines } = await readCacheEvents(file)
  for (const line of badLines) printNote(`${file}:${line} is no event of the cache; restore the line from a backup`)
  if (json) return printJson(events)
  for (const event of events) print(lineOf(event))
}

function lineOf({ at, scope, by, reason }: CacheEvent): string {
  return [at, nameOf(scope).padEnd(32), `by ${by}: ${reason}`].join(' ')
}
