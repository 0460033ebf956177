import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { openKeyFiles } from '../adapters/key-files.ts'
import { openPartyFile } from '../adapters/party-register-file.ts'
import { ROLES } from '../caller/roles.ts'
import type { Role } from '../caller/roles.ts'
import { isProfile, mintToken, PROFILES } from '../caller/development-issuer.ts'
import type { TokenSubject } from '../caller/development-issuer.ts'
import { mayHold } from '../caller/parties.ts'
import { keysDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { configOf } from './context.ts'
import { CommandFault, print, printJson } from './terminal.ts'

interface TokenOptions {
  readonly dept?: string
  readonly app?: string
  readonly officer?: string
  readonly roles?: readonly Role[]
  readonly ttl: number
  readonly list?: boolean
  readonly json?: boolean
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

function parseTtl(text: string): number {
  const [, amount, unit] = /^(\d{1,6})([smhd]?)$/.exec(text) ?? []
  const seconds = Number(amount) * (UNITS[unit === '' || unit === undefined ? 's' : unit] ?? 1)
  if (!(seconds > 0)) throw new InvalidArgumentError('Expected a time such as 900, 15m, 8h or 2d.')
  return seconds
}

function parseRoles(text: string): readonly Role[] {
  return text.split(',').map((word) => {
    const role = ROLES.find((one) => one === word.trim())
    if (role === undefined) throw new InvalidArgumentError(`Expected some of ${ROLES.join(', ')}.`)
    return role
  })
}

function subjectOf(profile: string | undefined, options: TokenOptions): TokenSubject {
  if (profile !== undefined && !isProfile(profile))
    throw new CommandFault(`there is no profile ${profile}; there are ${Object.keys(PROFILES).join(', ')}`)
  const base = profile === undefined ? null : PROFILES[profile]
  const department = options.dept ?? base?.department
  const application = options.app ?? base?.application
  const officer = options.officer ?? base?.officer
  const roles = options.roles ?? base?.roles
  if (department === undefined || application === undefined || officer === undefined || roles === undefined)
    throw new CommandFault('name a profile, or give --dept, --app, --officer and --roles')
  return { department, application, officer, roles, name: base?.name ?? '演示人员' }
}

/** Refuses here what the gateway would refuse later, with the reason. */
function checkSubject(subject: TokenSubject, config: Config): void {
  const register = openPartyFile(config.registers.parties)
  register.close()
  const party = register.find(subject.department)
  if (party === null) throw new CommandFault(`${subject.department} is not in ${config.registers.parties} (ZS-1.06)`)
  const applications = party.applications.map(({ code }) => code)
  if (!applications.includes(subject.application))
    throw new CommandFault(
      `${subject.application} is no application of ${party.code}; there are: ${applications.join(', ') || 'none'} (HZ-6)`,
    )
  const foreign = subject.roles.find((role) => !mayHold(party, role))
  if (foreign !== undefined) throw new CommandFault(`${party.code} may not give the role ${foreign} (ZS-1.10, ZS-1.11)`)
}

async function makeToken(profile: string | undefined, options: TokenOptions, config: Config): Promise<void> {
  if (config.mode === 'production')
    throw new CommandFault(
      "production takes tokens of the city's identity provider only; this makes development tokens",
    )
  const subject = subjectOf(profile, options)
  checkSubject(subject, config)
  const keys = await openKeyFiles(keysDirectory(config), config.mode, systemClock)
  const { issuer, audience } = config.identity
  const now = systemClock.now()
  const token = await mintToken(keys.signing('token-signing'), subject, {
    issuer,
    audience,
    now,
    ttlSeconds: options.ttl,
  })
  if (options.json !== true) return print(token)
  const { department, application, officer, roles } = subject
  const expires = new Date((Math.floor(now / 1000) + options.ttl) * 1000).toISOString()
  printJson({ token, department, application, officer, roles, expires })
}

function listProfiles(json: boolean): void {
  if (json) return printJson(PROFILES)
  for (const [name, { department, application, officer, roles }] of Object.entries(PROFILES))
    print(`${name.padEnd(15)}${department} / ${application}, officer ${officer}, ${roles.join(' ')}`)
}

const EXAMPLES = `
Profiles: ${Object.keys(PROFILES).join(', ')}

Examples:
  gongxiang token housing-clerk
  gongxiang token market-app --ttl 1h --json
  gongxiang token --dept tax --app tax-desk --officer TX-0001 --roles DESK
  curl -H "Authorization: Bearer $(gongxiang token analyst)" …`

/** `gongxiang token`. */
export function register(program: Command): void {
  program
    .command('token')
    .description('Make a development token, for the embedded mode only.')
    .argument('[profile]', 'a ready person; the options override its parts')
    .option('--dept <code>', 'department')
    .option('--app <code>', 'application of that department')
    .option('--officer <id>', 'staff number of the officer')
    .option('--roles <list>', 'roles, separated by commas', parseRoles)
    .option('--ttl <time>', 'how long it lasts: 900, 15m, 8h, 2d', parseTtl, 28_800)
    .option('--list', 'list the ready persons')
    .option('--json', 'print as JSON, with what the token says')
    .addHelpText('after', EXAMPLES)
    .action(async (profile: string | undefined, options: TokenOptions, command: Command) => {
      if (options.list === true) listProfiles(options.json === true)
      else await makeToken(profile, options, await configOf(command))
    })
}
