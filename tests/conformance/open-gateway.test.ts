import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import type { FederationCase } from './federation-case.ts'
import { serveDepartments } from './http-departments.ts'
import { startOpenGateway } from './open-gateway.ts'
import { composeOpenly } from './open-federation.ts'
import { openViews, readViewChoice } from './open-views.ts'
import type { ViewChoice } from './open-views.ts'

const WHOLE: FederationCase = {
  name: 'what is not null, and what nobody implements',
  departments: {
    a: `type Query { sure: Box! maybe: Box boxes: [Box!] mark: Mark }
      type Box @key(fields: "id") { id: ID! label: String! inner: Box }
      interface Mark @key(fields: "id") { id: ID! }`,
    b: `type Box @key(fields: "id") { id: ID! size: Int! } type Query { own: Mark }
      type Mark @key(fields: "id", resolvable: false) @interfaceObject { id: ID! colour: String }`,
  },
  root: {
    sure: { __typename: 'Box', id: '1', label: 'one', size: 3, inner: { __typename: 'Box', id: '2', label: 'two' } },
    maybe: { __typename: 'Box', id: '3', label: 'three' },
    boxes: [
      { __typename: 'Box', id: '1', label: 'one', size: 3 },
      { __typename: 'Box', id: '3', label: 'three' },
    ],
    own: { __typename: 'Mark', id: 'm', colour: 'red' },
    mark: null,
  },
  query: '',
  data: null,
  fetches: [],
}

interface Answer {
  readonly data?: unknown
  readonly errors?: readonly {
    readonly message: string
    readonly path?: unknown
    readonly extensions: { code: string }
  }[]
}

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function gatewayOver(one: FederationCase, view?: ViewChoice) {
  const departments = await serveDepartments(one)
  closing.push(() => departments.close())
  const gateway = await startOpenGateway({
    supergraphSdl: departments.supergraphSdl,
    port: 0,
    ...(view ? { view } : {}),
  })
  closing.push(() => gateway.stop())
  return { departments, ask: (query: string) => ask(`${gateway.url}/graphql`, query) }
}

async function ask(url: string, query: string): Promise<Answer & { readonly receipt: string | null }> {
  const headers = { 'content-type': 'application/json', 'accept-language': 'en' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) })
  return { ...((await response.json()) as Answer), receipt: response.headers.get('x-receipt') }
}

describe('a supergraph that nobody classified', () => {
  test('is answered over HTTP by the product, with a receipt', async () => {
    const { departments, ask } = await gatewayOver(WHOLE)
    const { data, errors, receipt } = await ask('{ sure { label size inner { label } } }')
    expect([data, errors]).toEqual([{ sure: { label: 'one', size: 3, inner: { label: 'two' } } }, undefined])
    expect(receipt).toMatch(/^gx_/)
    expect(departments.asked).toEqual(['a', 'b'])
  })

  test.each<[string, unknown, unknown]>([
    ['{ maybe { label size } }', { maybe: null }, ['maybe', 'size']],
    ['{ sure { label inner { size } } }', { sure: { label: 'one', inner: null } }, ['sure', 'inner', 'size']],
    ['{ boxes { label size } maybe { label } }', { boxes: null, maybe: { label: 'three' } }, ['boxes', 1, 'size']],
  ])('keeps its own nullability, and nulls go up: %s', async (query, data, path) => {
    const { ask } = await gatewayOver(WHOLE)
    const answer = await ask(query)
    expect(answer.data).toEqual(data)
    expect(answer.errors?.map((one) => one.path)).toEqual([path])
  })

  test('has no answer at all where the root itself may not be null', async () => {
    const { ask } = await gatewayOver({
      ...WHOLE,
      root: { ...WHOLE.root, sure: { __typename: 'Box', id: '9', label: 'x' } },
    })
    const answer = await ask('{ sure { size } maybe { label } }')
    expect(answer.data).toBeNull()
    expect(answer.errors).toHaveLength(1)
  })

  test('answers for an interface that nobody implements where a department knows it as an object', async () => {
    const { ask } = await gatewayOver(WHOLE)
    expect(await ask('{ own { __typename id colour } }')).toMatchObject({
      data: { own: { __typename: 'Mark', id: 'm', colour: 'red' } },
    })
  })

  test('is refused, and nobody asked, where there is no way to a field', async () => {
    const { departments, ask } = await gatewayOver(WHOLE)
    const { data, errors } = await ask('{ mark { colour } maybe { label } }')
    expect(data).toBeUndefined()
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    expect(errors?.[0]?.message).toContain('no department that can be asked for mark')
    expect(departments.asked).toEqual([])
  })

  test.each([
    ['@defer', '{ sure { label ... @defer { size } } }'],
    ['subscriptions', 'subscription { sure { label } }'],
    ['the entry of departments', '{ _entities(representations: []) { __typename } }'],
  ])('has no %s', async (_name, query) => {
    const { departments, ask } = await gatewayOver(WHOLE)
    expect((await ask(query)).errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED')
    expect(departments.asked).toEqual([])
  })
})

test('with everything refused, not one department is asked', async () => {
  const { departments, ask } = await gatewayOver(WHOLE, { kind: 'deny' })
  const { data, errors } = await ask(
    '{ sure { label size inner { __typename } } boxes { size } own { colour } __typename }',
  )
  expect(data).toEqual({ sure: null, boxes: null, own: null, __typename: 'Query' })
  expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['NO_GRANT']))
  expect(departments.asked).toEqual([])
})

test('@context and @fromContext: such a supergraph is not taken into service, and the reason is told', async () => {
  const supergraphSdl = composeOpenly({
    a: `type Query { user: User }
      type User @key(fields: "id") @context(name: "user") { id: ID! tongue: String book: Book }
      type Book @key(fields: "id") { id: ID! title(in: String @fromContext(field: "$user { tongue }")): String }`,
    b: `type Book @key(fields: "id") { id: ID! pages: Int }`,
  })
  const reason = await startOpenGateway({ supergraphSdl, port: 0 }).catch((error: unknown) => error)
  expect(inspect(reason)).toContain('specs.apollo.dev/context')
})

describe('the choice of a view', () => {
  test.each([
    ['allow', { kind: 'allow' }],
    ['deny', { kind: 'deny' }],
    ['random:7', { kind: 'random', seed: '7' }],
    ['random:', null],
    ['random', null],
    ['all', null],
  ])('%s', (text, choice) => {
    expect(readViewChoice(text)).toEqual(choice)
  })

  test('by lot is the same for the same seed, and another for another', () => {
    const fields = new Map(Array.from({ length: 30 }, (_, at) => [`T.f${at}`, null as never] as const))
    const kinds = (seed: string) =>
      [
        ...openViews({ kind: 'random', seed }, fields as never)
          .viewOf(null as never)
          .decisions.values(),
      ].map(({ kind }) => kind)
    expect(kinds('1')).toEqual(kinds('1'))
    expect(kinds('1')).not.toEqual(kinds('2'))
    expect(new Set(kinds('1'))).toEqual(new Set(['ALLOW', 'MASK', 'VERIFY_ONLY', 'DENY']))
  })
})

describe('serve.ts', () => {
  const start = (given: readonly string[]) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'serve.ts'), ...given], { stdio: 'pipe' })
    const ended = once(child, 'exit')
    closing.push(async () => {
      child.kill('SIGTERM')
      await ended
    })
    return { child, ended }
  }

  test('serves a file on a port, says so, and ends when it is told to', async () => {
    const departments = await serveDepartments(WHOLE)
    closing.push(() => departments.close())
    const folder = await mkdtemp(join(tmpdir(), 'gx-supergraph-'))
    closing.push(() => rm(folder, { recursive: true, force: true }))
    const file = join(folder, 'supergraph.graphql')
    await writeFile(file, departments.supergraphSdl)
    const { child, ended } = start(['--supergraph', file, '--port', '0'])
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    expect(await ask(line, '{ sure { label size } }')).toMatchObject({ data: { sure: { label: 'one', size: 3 } } })
    expect((await fetch(line.replace('/graphql', '/health/ready'))).status).toBe(200)
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })

  test.each([
    [[]],
    [['--supergraph', 'x']],
    [['--supergraph', 'x', '--port', 'y']],
    [['--supergraph', 'x', '--port', '1', '--view', 'z']],
  ])('says how it is called: %j', async (given) => {
    const { child, ended } = start(given)
    const [text] = (await once(child.stderr, 'data')) as [Buffer]
    expect(String(text)).toContain('--supergraph FILE --port N')
    expect(await ended).toEqual([2, null])
  })
})
