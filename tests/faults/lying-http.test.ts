import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'

describe('a department that lies over HTTP leaves its own place empty', () => {
  const NUMBER = demoPeople.allThree.document.idDocumentNumber
  const QUERY = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") { name household { registrationStatus } disability { issuingAuthority } } }`
  const person = (disability: unknown) => ({
    person: { name: '欧阳静怡', household: { registrationStatus: 'NORMAL' }, disability },
  })
  let server: Server
  let gateway: TestGateway
  let answer = ''
  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
      })
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const url = `http://127.0.0.1:${port}/graphql`
    gateway = await startTestGateway({ settings: { departments: { 'disabled-persons': { url } } } })
  })
  afterAll(async () => {
    await gateway.stop()
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })

  const TOLD = { issuingAuthority: '某会' }
  const entity = (text: string): string => `{"data":{"_entities":[${text}]}}`
  const own = '"disability":{"issuingAuthority":"某会"}'

  test.each<[string, string, unknown, readonly string[]]>([
    ['the plain truth', entity(`{${own}}`), TOLD, []],
    [
      'what others owe, and what nobody asked',
      entity(`{"name":"Mallory","household":{"registrationStatus":"CANCELLED"},${own},"photo":"lie"}`),
      TOLD,
      [],
    ],
    ['one key twice', entity(`{"disability":null,"disability":7,${own}}`), TOLD, []],
    ['__proto__', entity(`{"__proto__":{"disability":null,"name":"Mallory"},${own}}`), TOLD, []],
    [
      '__proto__ and constructor alone',
      entity(`{"__proto__":{${own}},"constructor":{"prototype":{${own}}}}`),
      null,
      ['INVALID person.disability'],
    ],
    ['another person', entity(`{"idDocumentNumber":"110101190001010000",${own}}`), null, ['INVALID person.disability']],
    ['another type', entity(`{"__typename":"LegalEntity",${own}}`), null, ['INVALID person.disability']],
    ['two for one', entity(`{${own}},{${own}}`), null, ['INVALID person.disability']],
    ['none for one', entity(''), null, ['INVALID person.disability']],
    [
      'megabytes of numbers',
      entity(`{"disability":[${'0,'.repeat(3_000_000)}0]}`),
      null,
      ['INVALID person.disability'],
    ],
    [
      'a hundred thousand brackets',
      entity(`{"disability":${'['.repeat(1e5)}${']'.repeat(1e5)}}`),
      null,
      ['INVALID person.disability'],
    ],
    [
      'a hundred thousand objects in each other',
      entity(`{"disability":${'{"issuingAuthority":'.repeat(1e5)}1${'}'.repeat(1e5)}}`),
      { issuingAuthority: null },
      ['INVALID person.disability.issuingAuthority'],
    ],
    [
      'an error that points elsewhere',
      `{"data":{"_entities":[{${own}}]},"errors":[{"path":["person","name"]}]}`,
      null,
      ['UNAVAILABLE person.disability'],
    ],
    [
      'ten thousand errors',
      `{"data":{"_entities":[null]},"errors":[${Array.from({ length: 10_000 }, () => '{"path":["_entities",0]}').join()}]}`,
      null,
      ['UNAVAILABLE person.disability'],
    ],
  ])('%s', async (_name, text, disability, expected) => {
    answer = text
    const reply = await gateway.ask({ ...DESK_MATTER, query: QUERY })
    expect(reply.status).toBe(200)
    expect(reply.body.data).toEqual(person(disability))
    const told = (reply.body.errors ?? []).map(
      ({ path, extensions }) => `${extensions.code.replace('SOURCE_', '')} ${path?.join('.')}`,
    )
    expect(told).toEqual(expected)
    expect(reply.text).not.toMatch(/Mallory|CANCELLED|lie/)
  })
})
