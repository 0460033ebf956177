import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type { GraphQLSchema, IntrospectionQuery } from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ACTIONS } from '../../examples/rental-desk/actions.ts'
import { ask } from '../../examples/rental-desk/client.ts'
import type { Session } from '../../examples/rental-desk/client.ts'
import { openCase } from '../../examples/rental-desk/desk.ts'
import { DeskCheck, VerifyCertificate } from '../../examples/rental-desk/generated.ts'
import { ALL_CODES } from '../../gateway/vocabulary/codes.ts'
import { actionsModule, refusalsPage } from '../../scripts/generate-application-actions.ts'
import { ownFolder, PROGRAM, startChildGateway } from '../kit/child-gateway.ts'
import type { ChildGateway, OwnFolder } from '../kit/child-gateway.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')
const EXAMPLE = join(ROOT, 'examples/rental-desk')
const GUIDE = 'docs/guides/build-an-application.md'
/** The generator of types is the example's own; where it is not installed its output is held by its checksum alone. */
const HAS_GENERATOR = existsSync(join(EXAMPLE, 'node_modules/@graphql-codegen/core'))

const APPLICANT = '44209019850615028X'
const CERTIFICATE = `${APPLICANT}43`

let folder: OwnFolder
let gateway: ChildGateway
let token = ''
let session: Session
const read = (file: string): Promise<string> => readFile(join(ROOT, file), 'utf8')
const gongxiang = async (...args: readonly string[]): Promise<string> =>
  (await run(process.execPath, [PROGRAM, ...args], { cwd: folder.path, env: environment() })).stdout
const environment = (): Record<string, string> => ({
  PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
  LANG: 'zh_CN.UTF-8',
  GONGXIANG_DATA_DIRECTORY: join(folder.path, 'data'),
})

beforeAll(async () => {
  folder = await ownFolder()
  gateway = await startChildGateway(folder.path)
  token = (await gongxiang('token', 'housing-clerk')).trim()
  const { url } = gateway
  session = {
    url,
    token,
    matter: 'public-rental-housing',
    case: 'PRH-2026-0001',
    language: 'zh-CN',
    wait: async () => {},
  }
})
afterAll(async () => {
  await gateway.stop()
  await folder.close()
})

describe('the guide', () => {
  let text = ''
  let blocks: readonly string[] = []
  let output: readonly string[] = []

  beforeAll(async () => {
    text = await read(GUIDE)
    blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block)
    // A clone of its own: the example, and what the guide has its reader write.
    const clone = join(folder.path, 'clone')
    await cp(join(ROOT, 'examples'), join(clone, 'examples'), {
      recursive: true,
      filter: (from) => !from.includes('node_modules'),
    })
    await symlink(
      join(HAS_GENERATOR ? EXAMPLE : ROOT, 'node_modules'),
      join(clone, 'examples/rental-desk/node_modules'),
    )
    for (const [, file = '', content = ''] of text.matchAll(/<!-- file: (\S+) -->\n+```\w+\n([^]*?)^```$/gm)) {
      await mkdir(dirname(join(clone, file)), { recursive: true })
      await writeFile(join(clone, file), content)
    }
    const script = blocks.map((block) => `echo @@\n${asRun(block)}`).join('\n')
    const { stdout } = await run('bash', ['--norc', '-euc', script], { cwd: clone, env: environment() })
    output = stdout.split('@@\n').slice(1)
  })

  /** A block as it can be run here: our gateway in the place of the reader's, the programs without npm before them. */
  function asRun(block: string): string {
    return block
      .replaceAll('http://127.0.0.1:4000', gateway.url)
      .replaceAll('npm run --silent gongxiang --', `'${process.execPath}' '${PROGRAM}'`)
      .replace(/^npm start$/m, ':')
      .replace(/^npm ci --prefix examples\/rental-desk$/m, ':')
      .replace('npm run --silent --prefix examples/rental-desk schema', 'node examples/rental-desk/fetch-schema.mjs')
      .replace(
        'npm run --silent --prefix examples/rental-desk codegen',
        HAS_GENERATOR ? 'node examples/rental-desk/codegen.mjs' : ':',
      )
  }

  /** What the block with that word printed. */
  function printed(word: string): string {
    const at = blocks.findIndex((block) => block.includes(word))
    expect(at, word).toBeGreaterThanOrEqual(0)
    return output[at] ?? ''
  }

  test('ran to its end, every command of it', () => {
    expect(output).toHaveLength(blocks.length)
    expect(blocks.length).toBeGreaterThan(7)
    expect(text).not.toMatch(/npm run(?! --silent)/)
  })

  test('its commands of npm are scripts that there are', async () => {
    const { scripts } = JSON.parse(await readFile(join(EXAMPLE, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    expect(scripts).toMatchObject({ schema: 'node fetch-schema.mjs', codegen: 'node codegen.mjs' })
    for (const [, name = ''] of text.matchAll(/--prefix examples\/rental-desk (\w+)/g))
      expect(scripts).toHaveProperty(name)
  })

  test('explain tells what is open and what would unlock the rest', () => {
    expect(printed('explain -')).toContain('NO_GRANT')
  })

  test('the program shows what the guide shows', () => {
    const shown = (/```text\n([^]*?)```/.exec(text)?.[1] ?? '').trimEnd().split('\n')
    const lines = printed(`main.ts ${APPLICANT} --case PRH-2026-0001\n`)
      .split('\n')
      .filter((line) => /^ {0,2}\S/.test(line))
    expect(lines.slice(0, shown.length)).toEqual(shown)
    expect(lines.at(-2)).toMatch(/^回执 receipts: gx_[0-9A-Z]{26}$/)
  })

  test('what the citizen shows is verified', () => {
    expect(printed('--certificate')).toContain('已核实 verified   残疾人证')
  })

  test('what is refused ends with 1', () => {
    expect(printed('DESK_TOKEN=none').match(/^exit code 1$/gm)).toHaveLength(2)
  })

  test('its operations can be registered, and are in force', () => {
    expect(printed('operation check')).toContain('2 operations in force, 0 not')
    expect(text).toContain('`2 operations in force, 0 not`')
  })

  test('shows the files of the example as they are', async () => {
    const same = [...text.matchAll(/<!-- same as (\S+) -->\n+```\w+\n([^]*?)^```$/gm)]
    expect(same.length).toBeGreaterThan(0)
    for (const [, file = '', content] of same) expect(content, file).toBe(await read(file))
  })

  test('leads only to files that there are', async () => {
    for (const page of [GUIDE, 'docs/guides/refusals.md', 'examples/README.md', 'examples/rental-desk/README.md']) {
      const links = [...(await read(page)).matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? '')
      expect(
        links.filter((link) => !existsSync(join(ROOT, dirname(page), link))),
        page,
      ).toEqual([])
    }
  })
})

describe('the table of refusals', () => {
  test('has each code of the gateway, for people and for the program (npm run generate)', async () => {
    expect(await read('docs/guides/refusals.md')).toBe(refusalsPage())
    expect(await readFile(join(EXAMPLE, 'actions.ts'), 'utf8')).toBe(actionsModule())
    expect(Object.keys(ACTIONS).toSorted()).toEqual([...ALL_CODES].toSorted())
  })
})

describe('the generated types', () => {
  let live: GraphQLSchema
  let documents: readonly string[] = []
  beforeAll(async () => {
    const { matter, case: file } = session
    const headers = {
      authorization: `Bearer ${token}`,
      'x-matter': matter,
      'x-case': file,
      'content-type': 'application/json',
    }
    const body = JSON.stringify({ query: getIntrospectionQuery() })
    const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body })
    live = buildClientSchema(((await response.json()) as { data: IntrospectionQuery }).data)
    const names = (await readdir(join(EXAMPLE, 'operations'))).toSorted()
    documents = await Promise.all(names.map((name) => readFile(join(EXAMPLE, 'operations', name), 'utf8')))
  })

  /** Type of every field and variable that a document uses, in a schema. */
  function typesUsed(schema: GraphQLSchema, text: string): readonly string[] {
    const info = new TypeInfo(schema)
    const used: string[] = []
    const note = (): undefined => void used.push(String(info.getType() ?? info.getInputType()))
    visit(parse(text), visitWithTypeInfo(info, { Field: note, Argument: note }))
    return used
  }

  test('are of the schema that this application is served today', async () => {
    const kept = buildSchema(await readFile(join(EXAMPLE, 'schema.graphql'), 'utf8'))
    for (const text of documents) {
      expect(validate(live, parse(text))).toEqual([])
      expect(typesUsed(kept, text)).toEqual(typesUsed(live, text))
    }
  })

  test('are made of schema.graphql and operations/ as they lie there (npm run codegen)', async () => {
    const schema = await readFile(join(EXAMPLE, 'schema.graphql'), 'utf8')
    const sum = createHash('sha256')
      .update([schema, ...documents].join('\0'))
      .digest('hex')
    expect((await readFile(join(EXAMPLE, 'generated.ts'), 'utf8')).split('\n')[1]).toBe(`// ${sum}`)
    expect([DeskCheck.text, VerifyCertificate.text]).toEqual(documents)
  })

  test.skipIf(!HAS_GENERATOR)('come out of the generator again as they lie there', async () => {
    const copy = join(folder.path, 'generator')
    await cp(EXAMPLE, copy, { recursive: true, filter: (from) => !from.includes('node_modules') })
    await symlink(join(EXAMPLE, 'node_modules'), join(copy, 'node_modules'))
    await run(process.execPath, [join(copy, 'codegen.mjs')], { cwd: copy })
    expect(await readFile(join(copy, 'generated.ts'), 'utf8')).toBe(
      await readFile(join(EXAMPLE, 'generated.ts'), 'utf8'),
    )
  })
})

describe('the application', () => {
  test('shows each material as fetched, or to be verified, with masked values', async () => {
    const desk = await openCase(session, APPLICANT, null)
    expect(desk.refusals).toEqual([])
    expect(desk.materials.map(({ title, standing }) => [title, standing])).toEqual([
      ['居民身份证', 'FETCHED'],
      ['户口簿', 'FETCHED'],
      ['社会保险参保证明', 'FETCHED'],
      ['残疾人证', 'TO_VERIFY'],
    ])
    expect(desk.materials[2]?.shown).toContainEqual(expect.stringMatching(/^个人社保号: \*+28X$/))
  })

  test('a certificate that matches is verified, another one is not', async () => {
    const standing = async (shown: string) => (await openCase(session, APPLICANT, shown)).materials.at(-1)?.standing
    expect(await standing(CERTIFICATE)).toBe('VERIFIED')
    expect(await standing(`${APPLICANT}42`)).toBe('TO_VERIFY')
  })

  test.each([
    ['a number that cannot exist', {}, '442090198506150281', 'INVALID_ID_NUMBER', 'ASK_USER'],
    ['no token', { token: 'none' }, APPLICANT, 'UNAUTHENTICATED', 'SIGN_IN'],
    ['a case that nobody opened', { case: 'PRH-2026-9999' }, APPLICANT, 'PURPOSE_MISMATCH', 'APPLY'],
    ['no matter', { matter: '' }, APPLICANT, 'PURPOSE_MISSING', 'CORRECT'],
  ] as const)('%s: the refusal comes with what to do', async (_what, change, number, code, action) => {
    const desk = await openCase({ ...session, ...change }, number, CERTIFICATE)
    expect(desk.materials).toEqual([])
    expect(desk.refusals).toMatchObject([{ code, action }])
    expect(desk.refusals[0]?.remedy).not.toBe('')
    expect(desk.receipts).toHaveLength(1)
  })

  test('who has no such person’s record is told so, not sent for what the city holds', async () => {
    // Never assigned, and in nobody's register.
    const desk = await openCase(session, '442090193101019977', null)
    expect(desk.materials.map(({ standing }) => standing)).not.toContain('FETCHED')
    expect(desk.materials.map(({ standing }) => standing)).toContain('NEEDED')
  })
})

describe('the client', () => {
  const servers: { close(): void }[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  interface Reply {
    readonly status: number
    readonly headers?: Readonly<Record<string, string>>
    readonly body: object
  }

  /** A gateway that answers what it is told to, in order, and keeps what it was asked. */
  async function scripted(...replies: readonly Reply[]) {
    const asked: { headers: Record<string, unknown>; body: string }[] = []
    const waited: number[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (part: string) => (body += part))
      request.on('end', () => {
        const reply = replies[Math.min(asked.length, replies.length - 1)]
        asked.push({ headers: request.headers, body })
        response.writeHead(reply?.status ?? 500, {
          'content-type': 'application/graphql-response+json',
          ...reply?.headers,
        })
        response.end(JSON.stringify(reply?.body))
      })
    })
    servers.push(server)
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const wait = async (seconds: number): Promise<void> => void waited.push(seconds)
    return { asked, waited, session: { ...session, url: `http://127.0.0.1:${port}`, wait } }
  }

  const error = (code: string): object => ({ errors: [{ message: 'm', extensions: { code, remedy: 'r' } }] })
  const busy: Reply = { status: 503, headers: { 'retry-after': '2' }, body: error('OVERLOADED') }
  const done: Reply = { status: 200, headers: { 'x-receipt': 'gx_1' }, body: { data: { deskCheck: null } } }
  const person = { idDocumentType: 'RESIDENT_ID', idDocumentNumber: APPLICANT } as const
  const rows = [{ person, items: [{ coordinate: 'A.b', claimed: 'c' }] }]

  test('waits as long as it is told and sends the same again, under the same trace', async () => {
    const { asked, waited, session: to } = await scripted(busy, busy, done)
    const answer = await ask(to, DeskCheck, { person })
    expect(answer).toMatchObject({ data: { deskCheck: null }, refusals: [], receipt: 'gx_1' })
    expect(waited).toEqual([2, 2])
    expect(new Set(asked.map(({ body }) => body)).size).toBe(1)
    expect(new Set(asked.map(({ headers }) => headers['traceparent']))).toEqual(new Set([answer.traceparent]))
    expect(answer.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  })

  test('gives up after three times, and says what to do', async () => {
    const { asked, session: to } = await scripted(busy)
    expect((await ask(to, DeskCheck, { person })).refusals).toMatchObject([{ code: 'OVERLOADED', action: 'RETRY' }])
    expect(asked).toHaveLength(3)
  })

  test.each([
    ['a wait that no user has', { ...busy, headers: { 'retry-after': '3600' } }],
    ['no word of waiting', { status: 503, body: error('AUDIT_UNAVAILABLE') }],
  ])('%s: does not send again', async (_what, reply) => {
    const { asked, session: to } = await scripted(reply)
    await ask(to, DeskCheck, { person })
    expect(asked).toHaveLength(1)
  })

  test('a mutation is sent again with an idempotency key alone', async () => {
    const without = await scripted(busy)
    await ask(without.session, VerifyCertificate, { input: { rows } })
    expect(without.asked).toHaveLength(1)
    const keyed = await scripted(busy)
    await ask(keyed.session, VerifyCertificate, { input: { rows, idempotencyKey: 'press-0001' } })
    expect(keyed.asked).toHaveLength(3)
  })

  test('a code that it does not know is reported, not swallowed', async () => {
    const { session: to } = await scripted({ status: 200, body: { data: null, ...error('SOMETHING_NEW') } })
    expect((await ask(to, DeskCheck, { person })).refusals).toMatchObject([{ code: 'SOMETHING_NEW', action: 'REPORT' }])
  })

  test('what no gateway says is an error, not an empty answer', async () => {
    const server = createServer((_request, response) => response.end('<html>'))
    servers.push(server)
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    const { port } = server.address() as AddressInfo
    await expect(ask({ ...session, url: `http://127.0.0.1:${port}` }, DeskCheck, { person })).rejects.toThrow(
      SyntaxError,
    )
  })
})
