/**
 * THE table of doors: which room of the house may import from which, and why (the floor plan of docs/floor-plan.md,
 * which is printed from here). A file may always import from its own room. Change the plan where you see a better
 * one, and change this table with it.
 */
export interface Room {
  /** Path from the root: a folder, or a file without its ending; `*` stands for one folder name. */
  readonly name: string
  /** Floor: a room imports only from lower floors; null stands beside the house. */
  readonly floor: number | null
  readonly purpose: string
  /** Rooms whose files it may import; names as above. */
  readonly may: readonly string[]
  /** Why no other door: shown when one is forced. */
  readonly reason: string
  /** Which modules from outside the house: all, all that cannot reach disk, network or processes, or none. */
  readonly outside: 'all' | 'pure' | 'none'
}

const GROUND = [
  'gateway/caller',
  'gateway/catalog',
  'gateway/audit',
  'gateway/calendar',
  'gateway/config',
  'gateway/observe',
  'gateway/keys',
  'gateway/limits',
  'gateway/regime',
] as const

const WORDS = 'gateway/vocabulary'
const GROUND_REASON =
  'a ground-floor room knows the vocabulary and no neighbour, so that each is read, tested and replaced alone'
const PATH_BELOW = [WORDS, ...GROUND, 'gateway/grants', 'gateway/compile'] as const
const PATH_REASON =
  'the data path looks down only: its stages meet in handle-request, it meets governance in grants, and outer systems behind ports'
const DATA_PATH = [...PATH_BELOW, 'gateway/execute', 'gateway/project'] as const
const BELOW_WIRING = [
  ...DATA_PATH,
  'gateway/cache',
  'gateway/governance',
  'gateway/request',
  'gateway/handle-request',
  'gateway/adapters',
  'gateway/http',
  'gateway/verify',
  'gateway/builtin',
  'gateway/authority',
  'subgraphs/kit',
  'subgraphs/*',
  'subgraphs/departments',
  'city',
] as const
const EVERYTHING = [...BELOW_WIRING, 'gateway/wiring', 'gateway/start', 'gateway/main', 'gateway/cli'] as const

function ground(name: string, purpose: string, outside: Room['outside'] = 'all'): Room {
  return { name: `gateway/${name}`, floor: 1, purpose, may: [WORDS], reason: GROUND_REASON, outside }
}

function stage(name: string, purpose: string, outside: Room['outside'] = 'all'): Room {
  return { name: `gateway/${name}`, floor: 4, purpose, may: PATH_BELOW, reason: PATH_REASON, outside }
}

export const ROOMS: readonly Room[] = [
  {
    name: WORDS,
    floor: 0,
    purpose: 'coordinates, decisions, codes, clauses, the smallest ports',
    may: [],
    reason: 'the words that every room speaks depend on nothing',
    outside: 'none',
  },
  ground('caller', 'token, certificate → who asks'),
  ground('catalog', 'SDL → what exists, whose, how sensitive'),
  ground('regime', 'the sharing regulations as data'),
  ground('calendar', 'working days', 'pure'),
  ground('config', 'one typed configuration, validated at the door'),
  ground('observe', 'logs, metrics, traces'),
  ground('keys', 'the key ring: one key per purpose'),
  ground('limits', 'counters and budgets'),
  ground('audit', 'append, chain, verify, seal'),
  {
    name: 'gateway/grants',
    floor: 2,
    purpose: 'who may learn what, for which matter, until when',
    may: [WORDS, 'gateway/caller', 'gateway/catalog', 'gateway/regime'],
    reason:
      'a grant joins a caller, a catalogue entry and a regime; the data path and governance meet here and nowhere else',
    outside: 'all',
  },
  {
    name: 'gateway/compile',
    floor: 3,
    purpose: 'document × catalogue × grants → compiled operation',
    may: [WORDS, 'gateway/caller', 'gateway/catalog', 'gateway/regime', 'gateway/grants'],
    reason: 'compiling is a pure function of document and view: no clock, no network, no stores, no governance',
    outside: 'pure',
  },
  {
    name: 'gateway/governance',
    floor: 3,
    purpose: 'applications, deadlines, objections, reports',
    may: [WORDS, ...GROUND, 'gateway/grants'],
    reason: 'governance acts on queries only by the grants that it publishes, never on requests in flight',
    outside: 'all',
  },
  stage('execute', 'walk the plan: batched, deduplicated, cached fetches'),
  {
    name: 'gateway/cache',
    floor: 5,
    purpose: 'what is kept of departments’ answers: names, seals, epochs, and the client around the client',
    may: [...PATH_BELOW, 'gateway/execute'],
    reason:
      'it stands between the walk and the departments and fills the walk’s own port; decisions and masks lie above it, so that it can keep none',
    outside: 'pure',
  },
  stage('project', 'copy, mask, verify-only, null → answer', 'pure'),
  {
    name: 'gateway/verify',
    floor: 5,
    purpose: 'compare without disclosing',
    may: [...PATH_BELOW, 'gateway/execute', 'gateway/project'],
    reason: 'a verification is a request of its own kind: it compiles and executes, and shows nothing but an outcome',
    outside: 'all',
  },
  {
    name: 'gateway/builtin',
    floor: 6,
    purpose: 'the in-process subgraph of the gateway itself: lookups, explain, verification, receipts',
    may: [...PATH_BELOW, 'gateway/execute', 'gateway/project', 'gateway/verify', 'subgraphs/kit'],
    reason: 'it is a subgraph like any other and reaches data only through compile and execute',
    outside: 'all',
  },
  {
    name: 'gateway/authority',
    floor: 7,
    purpose: 'the in-process subgraph of governance: audit queries, alarms',
    may: [...PATH_BELOW, 'gateway/governance', 'gateway/execute', 'gateway/builtin', 'subgraphs/kit'],
    reason: 'it answers from the governance store alone, for a caller that the request hands it through a port',
    outside: 'all',
  },
  {
    name: 'gateway/request',
    floor: 7,
    purpose: 'the steps that handle-request names, one file each',
    may: [...DATA_PATH, 'gateway/verify', 'gateway/builtin'],
    reason: 'a step joins the stages below it for one request; adapters reach it through ports only',
    outside: 'all',
  },
  {
    name: 'gateway/handle-request',
    floor: 8,
    purpose: 'the path of a request on one page',
    may: [...DATA_PATH, 'gateway/request'],
    reason: 'the page names the stages in their order; adapters reach it through ports only',
    outside: 'all',
  },
  {
    name: 'gateway/http',
    floor: 8,
    purpose: 'HTTP in and out: the GraphQL endpoint, health, the console',
    may: [...DATA_PATH, 'gateway/request'],
    reason: 'it is handed what handles a request and never imports it, so that a test needs no socket',
    outside: 'all',
  },
  {
    name: 'gateway/adapters',
    floor: 8,
    purpose: 'PostgreSQL, Redis, files, JWKS, subgraphs behind ports',
    may: [...DATA_PATH, 'gateway/cache', 'gateway/governance', 'gateway/request', 'gateway/verify', 'subgraphs/kit'],
    reason:
      'an adapter knows the port that it fills; it is built in wiring, so it knows neither wiring nor any department',
    outside: 'all',
  },
  {
    name: 'gateway/wiring',
    floor: 9,
    purpose: 'the only place where adapters are built',
    may: BELOW_WIRING,
    reason: 'wiring builds the house; who starts it (main, cli) stands above',
    outside: 'all',
  },
  {
    name: 'gateway/start',
    floor: 10,
    purpose: 'what a start needs beside the house: composition, departments, the console, demonstration texts',
    may: [...BELOW_WIRING, 'scripts'],
    reason: 'it prepares what wiring and main are handed, the console build of scripts included',
    outside: 'all',
  },
  {
    name: 'gateway/main',
    floor: 11,
    purpose: 'the process of the gateway',
    may: [...BELOW_WIRING, 'gateway/wiring', 'gateway/start'],
    reason: 'nothing stands above it but the command line',
    outside: 'all',
  },
  {
    name: 'gateway/cli',
    floor: 12,
    purpose: 'start, compose, check, explain, grant, audit verify, report',
    may: [...BELOW_WIRING, 'gateway/wiring', 'gateway/start', 'gateway/main'],
    reason: 'commands drive everything and nothing imports a command',
    outside: 'all',
  },
  {
    name: 'subgraphs/kit',
    floor: null,
    purpose: 'adapter kinds for existing systems; the contract with the gateway',
    may: [WORDS],
    reason:
      'a department runs the kit on its own machine: of the gateway it knows the words, and it knows no department',
    outside: 'all',
  },
  {
    name: 'subgraphs/*',
    floor: null,
    purpose: 'one department: its schema and its source',
    may: [WORDS, 'subgraphs/kit'],
    reason: 'a department knows the kit and the words: neither the gateway, nor the city, nor another department',
    outside: 'all',
  },
  {
    name: 'subgraphs/departments',
    floor: null,
    purpose: 'the list of departments that this image can serve',
    may: [WORDS, 'subgraphs/kit', 'subgraphs/*'],
    reason: 'a list names its departments and does nothing else',
    outside: 'all',
  },
  {
    name: 'city',
    floor: null,
    purpose: 'the synthetic city of the demonstration and the tests',
    may: [WORDS, 'subgraphs/kit'],
    reason: 'the demonstration fills existing systems from outside; no rule of sharing may depend on it',
    outside: 'all',
  },
  {
    name: 'console',
    floor: null,
    purpose: 'the web console',
    may: [WORDS],
    reason:
      'the console talks GraphQL only, as any other client does; it shares the words (codes in two languages), not the house',
    outside: 'all',
  },
  {
    name: 'examples',
    floor: null,
    purpose: 'applications of departments, as their programmers write them',
    may: [],
    reason: 'an application knows the gateway by its address alone, so that what it shows holds for any other',
    outside: 'all',
  },
  {
    name: 'bench',
    floor: null,
    purpose: 'measurements against other gateways',
    may: EVERYTHING,
    reason: 'measurements use what is shipped, never the tests',
    outside: 'all',
  },
  {
    name: 'scripts',
    floor: null,
    purpose: 'the gate, the test command, generated files',
    may: [...EVERYTHING, 'tests'],
    reason: 'scripts are the tools of whoever works on the house: they run the tests and print their tables',
    outside: 'all',
  },
  {
    name: 'tests',
    floor: null,
    purpose: 'unit, contract, journeys, faults, architecture',
    may: [...EVERYTHING, 'scripts', 'bench', 'console', 'examples'],
    reason: 'tests may enter every room',
    outside: 'all',
  },
]

/** The room of a file, with `*` filled in (`subgraphs/disabled-persons`), or null where the plan has none. */
export function roomOf(file: string): { readonly name: string; readonly room: Room } | null {
  const [first, second] = file.replace(/\.[^./]+$/, '').split('/')
  const candidates = second === undefined ? [first] : [`${first}/${second}`, first]
  const exact = ROOMS.find((room) => candidates.includes(room.name))
  if (exact) return { name: exact.name, room: exact }
  const inFolder = file.split('/').length > 2
  const starred = inFolder ? ROOMS.find((room) => room.name === `${first}/*`) : undefined
  return starred ? { name: `${first}/${second}`, room: starred } : null
}

/** Whether the table has a door from one room to another. */
export function hasDoor(from: { name: string; room: Room }, to: { name: string; room: Room }): boolean {
  return from.name === to.name || from.room.may.includes(to.room.name)
}
