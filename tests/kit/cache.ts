import { createSecretKey, randomBytes } from 'node:crypto'
import { createCachingClient } from '../../gateway/cache/client.ts'
import type { EntryLife } from '../../gateway/cache/client.ts'
import { createCounts } from '../../gateway/cache/counts.ts'
import { createLocalEpochs } from '../../gateway/cache/epochs.ts'
import { createMemoryLayer } from '../../gateway/cache/memory.ts'
import { createKeySupply } from '../../gateway/cache/names.ts'
import type { EntryStore, Epochs, SealedEntry } from '../../gateway/cache/port.ts'
import type { FetchKeeping, ObjectShape, ValueShape } from '../../gateway/compile/plan.ts'
import type { SubgraphAsk, SubgraphClient, SubgraphReply } from '../../gateway/execute/subgraph-client.ts'
import type { SecretKey } from '../../gateway/keys/key-ring.ts'

export type Representation = Readonly<Record<string, unknown>>

/** What a department was asked, and by whom. */
export interface AskedDepartment {
  readonly department: string
  readonly representations: readonly Representation[]
  readonly consumer: string
  readonly signal: AbortSignal
}

/** A department that answers each representation on its own. */
export type Answering = (asked: AskedDepartment) => SubgraphReply | Promise<SubgraphReply>

/** A key of the purpose, new each time. */
export function cacheKey(): SecretKey {
  const bytes = randomBytes(32)
  const id = randomBytes(12).toString('base64url')
  return { id, development: true, key: createSecretKey(bytes) }
}

/** A store in memory, open to be looked into and tampered with. */
export function openStore(): EntryStore & { readonly entries: Map<string, SealedEntry>; reads: number } {
  const entries = new Map<string, SealedEntry>()
  const store = {
    entries,
    reads: 0,
    get(names: readonly string[]) {
      store.reads += 1
      return Promise.resolve(names.map((name) => entries.get(name)?.value ?? null))
    },
    put: (all: readonly SealedEntry[]) => all.forEach((one) => void entries.set(one.name, one)),
  }
  return store
}

export interface TestCacheOptions {
  readonly answer?: Answering
  readonly store?: EntryStore | null
  readonly epochs?: Epochs
  readonly key?: SecretKey
  readonly life?: Partial<EntryLife>
  readonly memory?: { readonly entries: number; readonly bytes: number }
  readonly random?: () => number
  readonly regime?: string
}

/** Who asks; the rest of a fetch's context is the same for all. */
export interface AskOptions {
  readonly consumer?: string
  readonly department?: string
  readonly keep?: Partial<FetchKeeping> | null
  readonly variables?: Readonly<Record<string, unknown>>
  readonly query?: string
  readonly signal?: AbortSignal
}

const text: ValueShape = { lists: 0, of: 'string', optional: false }

/** `{ ... on Person { name } }`. */
const PERSON_SHAPE: ObjectShape = new Map([['Person', new Map([['name', text]])]])

const KEEP: FetchKeeping = {
  cycle: 86_400,
  personal: true,
  others: false,
  resources: ['GA-18-01'],
  catalog: 'c1',
  shape: PERSON_SHAPE,
}

export function person(number: string): Representation {
  return { __typename: 'Person', idDocumentType: 'RESIDENT_ID', idDocumentNumber: number }
}

/** Three people. */
export const [A, B, C] = [
  person('110101199003070011'),
  person('110101199003070038'),
  person('110101199003070054'),
] as const

/** What a department answers of some people, and their numbers. */
export const names = (...all: readonly Representation[]) =>
  all.map((one) => ({ name: `name of ${String(one['idDocumentNumber'])}` }))
export const numbers = (...all: readonly Representation[]) => all.map((one) => one['idDocumentNumber'])

/** Answers `name` for each person, with the source's time. */
export const named: Answering = ({ representations }) => ({
  data: { _entities: names(...representations) },
  sources: [{ type: 'HouseholdRegistration', asOf: '2026-11-20T02:10:00+08:00' }],
})

/** A cache over one department, with everything that happens on either side of it. */
export function testCache(options: TestCacheOptions = {}) {
  const asked: AskedDepartment[] = []
  const clock = { time: Date.parse('2026-11-22T10:00:00+08:00'), now: () => clock.time }
  let { answer = named, key = cacheKey() } = options
  const inner: SubgraphClient = {
    async fetch(department, { variables }, { consumer }, signal) {
      const given = variables['representations']
      const representations = Array.isArray(given) ? given : []
      const one = { department, representations, consumer, signal }
      asked.push(one)
      return answer(one)
    },
  }
  const memory = createMemoryLayer(options.memory ?? { entries: 1_000, bytes: 1_000_000 })
  const counts = createCounts()
  const epochs = options.epochs ?? createLocalEpochs({ life: 660_000, now: () => clock.now() }, () => memory.clear())
  const client = createCachingClient({
    inner,
    keys: createKeySupply({ secret: () => key }),
    memory,
    store: options.store ?? null,
    epochs,
    clock,
    regime: () => options.regime ?? 'zhongshan',
    life: { most: 300, realtime: 5, ...options.life },
    counts,
    random: options.random ?? (() => 0),
  })
  return {
    asked,
    clock,
    memory,
    counts,
    epochs,
    /** Numbers that the department was asked for, call by call. */
    get numbers() {
      return asked.map(({ representations }) => representations.map((one) => one['idDocumentNumber']))
    },
    answerBy: (next: Answering) => void (answer = next),
    rotate: (next: SecretKey) => void (key = next),
    ask(representations: readonly Representation[], ask: AskOptions = {}): Promise<SubgraphReply> {
      const { consumer = 'housing', department = 'public-security', signal = new AbortController().signal } = ask
      const keep = ask.keep === null ? null : { ...KEEP, ...ask.keep }
      const request: SubgraphAsk = {
        query:
          ask.query ??
          'query($representations:[_Any!]!){_entities(representations:$representations){...on Person{name}}}',
        variables: { ...ask.variables, representations },
        rules: { idempotent: true, keep },
      }
      return client.fetch(department, request, { receipt: 'gx_1', consumer, matter: 'm' }, signal)
    },
    client,
  }
}

/** The entities of a reply. */
export function entitiesOf({ data }: SubgraphReply): unknown {
  return typeof data === 'object' && data !== null && '_entities' in data ? data._entities : undefined
}
