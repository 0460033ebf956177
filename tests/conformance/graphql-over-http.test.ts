import { auditServer } from 'graphql-http'
import type { AuditResult } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'

describe('the public audit of GraphQL over HTTP', () => {
  let gateway: TestGateway
  let results: readonly AuditResult[]
  beforeAll(async () => {
    gateway = await startTestGateway()
    const authorization = `Bearer ${await gateway.token(DESK)}`
    const fetchFn = (url: string, init: RequestInit = {}): Promise<Response> => {
      const headers = new Headers(init.headers)
      headers.set('authorization', authorization)
      return fetch(url, { ...init, headers })
    }
    results = await auditServer({ url: `${gateway.url}/graphql`, fetchFn })
  })
  afterAll(() => gateway.stop())

  const idsOf = (status: AuditResult['status']) => results.filter((one) => one.status === status).map(({ id }) => id)

  test('is run in full', () => {
    expect(results).toHaveLength(61)
  })

  test('finds nothing that a server must do and this one does not', () => {
    expect(idsOf('error')).toEqual([])
  })

  test('finds no recommendation that is not followed', () => {
    expect(idsOf('warn')).toEqual([])
  })
})
