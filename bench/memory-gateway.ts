import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FieldNode } from 'graphql'
import { Kind, getIntrospectionQuery, parse } from 'graphql'
import type { IntrospectionQuery } from 'graphql'
import { stringify } from 'yaml'
import type { DepartmentClient } from '../gateway/adapters/subgraph-clients.ts'
import { BUILTIN } from '../gateway/builtin/subgraph.ts'
import { mintToken, PROFILES } from '../gateway/caller/development-issuer.ts'
import { judge, readCity } from '../gateway/catalog/compose.ts'
import type { Composition } from '../gateway/catalog/compose.ts'
import { loadConfig } from '../gateway/config/load.ts'
import { startGateway } from '../gateway/main.ts'
import type { RunningGateway } from '../gateway/main.ts'
import {
  composeCity,
  readDefinitions,
  readRegistrations,
  readRules,
  readSources,
  writeComposition,
} from '../gateway/start/composition.ts'
import { systemClock } from '../gateway/vocabulary/ports.ts'
import type { SubgraphAnswer, SubgraphRequest } from '../subgraphs/kit/contract.ts'

const MANY = 1_000_000

/** Bounds that a measurement would run into and a department does not. */
const SETTINGS = {
  http: { port: 0 },
  city: { people: 50, seed: 1 },
  dataDirectory: 'data',
  log: { level: 'silent' },
  graphiql: { enabled: false },
  limits: {
    officerPerMinute: MANY,
    applicationPerMinute: MANY,
    departmentPerMinute: MANY,
    subjectsPerOfficerHour: MANY,
    subjectsPerOfficerDay: MANY,
    missPercent: 100,
  },
}

/** Matters that read all that needs no grant, but for every so manieth of it: each is a view of its own. */
export const MATTERS = [
  { code: 'memory-all', without: Infinity },
  { code: 'memory-most', without: 7 },
  { code: 'memory-many', without: 3 },
] as const

function registers() {
  const composition = composeCity()
  if (composition.kind !== 'composed') throw new Error('the city does not compose')
  const open = composition.catalog.fields.filter(
    ({ kind, provider, ...field }) => kind === 'leaf' && provider !== BUILTIN && field.class === 'UNCONDITIONAL',
  )
  const { department } = PROFILES['housing-clerk']
  const matters = MATTERS.map(({ code, without }) => ({
    code,
    title: code,
    department,
    fields: open.filter((_, index) => index % without !== without - 1).map(({ coordinate }) => coordinate),
  }))
  return { matters: { matters }, cases: { cases: [] }, grants: { grants: [] } }
}

/** Starts the gateway as it is shipped, in this process, over departments that answer at once and know nobody. */
export async function withGateway<T>(act: (gateway: RunningGateway) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'gx-memory-'))
  try {
    const file = join(directory, 'gongxiang.yaml')
    const files = await Promise.all(
      Object.entries(registers()).map(async ([name, content]) => {
        await writeFile(join(directory, `${name}.yaml`), stringify(content))
        return [name, join(directory, `${name}.yaml`)] as const
      }),
    )
    await writeFile(file, stringify({ ...SETTINGS, registers: Object.fromEntries(files) }))
    const config = await loadConfig({ file, env: {}, cwd: directory })
    const progress = { step: () => undefined, count: () => undefined }
    const watch = (clients: ReadonlyMap<string, DepartmentClient>) =>
      new Map([...clients].map(([name, client]) => [name, { ...client, fetch: knowsNobody }]))
    const gateway = await startGateway(config, progress, { watch })
    try {
      return await act(gateway)
    } finally {
      await gateway.stop()
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function knowsNobody({ query, variables }: SubgraphRequest): Promise<SubgraphAnswer> {
  const [operation] = parse(query, { noLocation: true }).definitions
  const fields = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections : []
  const names = fields.filter((one): one is FieldNode => one.kind === Kind.FIELD)
  const { representations } = variables
  const nobody = Array.isArray(representations) ? representations.map(() => null) : null
  return { data: Object.fromEntries(names.map(({ alias, name }) => [alias?.value ?? name.value, nobody])) }
}

/** Headers of a desk's requests in a matter, with a token that lasts. */
export async function headersOf(gateway: RunningGateway, matter: string): Promise<Readonly<Record<string, string>>> {
  const { issuer, audience } = gateway.config.identity
  const terms = { issuer, audience, now: systemClock.now(), ttlSeconds: 86_400 }
  const token = await mintToken(gateway.keys.signing('token-signing'), PROFILES['housing-clerk'], terms)
  return { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'x-matter': matter }
}

/** What is shown of the schema. */
export async function introspect(
  { url }: RunningGateway,
  headers: Readonly<Record<string, string>>,
): Promise<IntrospectionQuery> {
  const body = JSON.stringify({ query: getIntrospectionQuery() })
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
  const { data } = (await response.json()) as { readonly data?: IntrospectionQuery }
  if (!data) throw new Error(`no introspection: HTTP ${response.status}`)
  return data
}

type Composed = Composition & { readonly kind: 'composed' }

/** The city as it is, and the same with other titles: two compositions that differ in their text alone. */
export function twoCompositions(regime: string): readonly [Composed, Composed] {
  const sources = readSources()
  const renamed = sources.map((one) => ({ ...one, sdl: one.sdl.replace(/"""([^"]+)"""/, '"""$1 (again)"""') }))
  const [first, second] = [sources, renamed].map((one) =>
    judge(readCity(one, readDefinitions(), readRegistrations()), readRules(regime)),
  )
  if (first?.kind !== 'composed' || second?.kind !== 'composed') throw new Error('the city does not compose')
  return [first, second]
}

/** Puts a composition where the gateway looks for one, and waits until it is in service. */
export async function reload(gateway: RunningGateway, composed: Composed): Promise<void> {
  writeComposition(join(gateway.config.dataDirectory, 'schema'), composed)
  const until = performance.now() + 60_000
  while (gateway.catalogVersion() !== composed.catalog.version) {
    if (performance.now() > until) throw new Error('the gateway does not take the composition over')
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
