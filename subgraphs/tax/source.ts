import { z } from 'zod'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { combinedSource } from '../kit/combined.ts'
import { beijingInstant, date, text } from '../kit/decode.ts'
import { legalKeys, numbersOf, wayHolds, waysOf } from '../kit/keys.ts'
import type { Department, Lookup, Register } from '../kit/register.ts'
import { restSource } from '../kit/http/rest.ts'
import type { RestDialect, RestLimits } from '../kit/http/rest.ts'
import { narrowed, shaped } from '../kit/http/rest-json.ts'
import { addressOf, secretOf, usernameToken } from '../kit/secret.ts'
import { soapSource } from '../kit/http/soap.ts'
import type { SoapDialect } from '../kit/http/soap.ts'
import { elements, listOf, rowOf, textOf } from '../kit/http/soap-values.ts'

const byIdentifier = legalKeys('shxydm', 'gsdjzh')

/** 地税税务登记 (registration with the local tax authority): one row a taxpayer (HZ-31). */
const local: Register = {
  type: 'LocalTaxRegistration',
  at: 'ds_swdj',
  rows: 'ONE',
  ...byIdentifier,
  fields: {
    localTaxpayerId: text('nsrsbh'),
    localTaxRegisteredAddress: text('zcdz'),
    localTaxRegistrationDate: date('djrq'),
    localTaxRegistrationAuthority: text('swjg'),
  },
}

/** 国税税务登记 (registration with the state tax authority): one row a taxpayer (HZ-32). */
const state: Register = {
  type: 'StateTaxRegistration',
  at: 'gs_swdj',
  rows: 'ONE',
  ...byIdentifier,
  fields: {
    stateTaxpayerId: text('nsrsbh'),
    stateTaxRegisteredAddress: text('zcdz'),
    stateTaxRegistrationDate: date('djrq'),
    stateTaxRegistrationAuthority: text('swjg'),
  },
}

/** The state authority's service tells the outcome beside the rows (`fhm`), and the time of its last load (`cqsj`). */
const stateDialect: SoapDialect = {
  call: ({ register, columns, keys }) => ({
    operation: 'cxSwdj',
    elements: { zd: columns, ...Object.fromEntries(waysOf(register).map((way) => [way.number, numbersOf(way, keys)])) },
  }),
  read(reply, lookup) {
    const { asOf, found } = opened(reply)
    return { rows: found.map((row) => rowOf(row, lookup)), asOf }
  },
  status: { call: { operation: 'cxCqsj', elements: {} }, read: (reply) => opened(reply).asOf },
}

function opened(reply: unknown): { readonly asOf: string; readonly found: readonly unknown[] } {
  const { fhm, cqsj, swdj } = elements(reply)
  const outcome = textOf(fhm) ?? ''
  if (outcome === '000') return { asOf: beijingInstant(textOf(cqsj)), found: listOf(swdj) }
  const detail = `The system answered with its code ${/^\w{1,8}$/.test(outcome) ? outcome : 'that is none'}`
  throw new Failure('SOURCE_UNAVAILABLE', { detail })
}

const localReply = z.object({ cqsj: z.string(), nsr: z.record(z.string(), z.unknown()).optional() })
const UNKNOWN_TAXPAYER = 404

/** The local authority's system takes one taxpayer a call, and answers 404 for one that it does not know. */
const localDialect: RestDialect = {
  subjectsPerCall: 1,
  statuses: [UNKNOWN_TAXPAYER],
  call: (lookup) => ({ path: `/dsdj/v2/nsr?fields=${lookup.columns.join(',')}`, body: taxpayer(lookup) }),
  read(reply, lookup) {
    const { cqsj, nsr } = shaped(localReply, reply)
    return { rows: nsr === undefined ? [] : [narrowed(nsr, lookup)], asOf: beijingInstant(cqsj) }
  },
  status: { path: '/dsdj/v2/cqsj', read: (reply) => beijingInstant(shaped(localReply, reply).cqsj) },
}

function taxpayer({ register, keys }: Lookup): Readonly<Record<string, string>> {
  const way = waysOf(register).find((one) => keys.some((key) => wayHolds(one, key)))
  const [number] = way === undefined ? [] : numbersOf(way, keys)
  return way === undefined || number === undefined ? {} : { [way.number]: number }
}

/** A call for each taxpayer: a page of a hundred takes as many, and the system bears no more than this in a second. */
const LOCAL_LIMITS: RestLimits = { connections: 8, timeout: 5000, replyBytes: 8 * 1024 * 1024, perSecond: 200 }

/** Local and state tax (地方税务部门、国家税务部门): the registers of both, daily; local over REST, state over SOAP. */
export const tax: Department = {
  name: 'tax',
  schema: new URL('schema.graphql', import.meta.url),
  links: {},
  person: {},
  legalLinks: { localTax: local, stateTax: state },
  async connect(options) {
    const ofLocal = restSource({
      baseUrl: addressOf(options.apiUrl, 'the local tax system'),
      headers: {},
      auth: {
        kind: 'TOKEN',
        path: '/oauth/token',
        clientId: 'gx-dsdj',
        clientSecret: await secretOf(options.apiKey, options, 'tax/api-key'),
      },
      dialect: localDialect,
      limits: LOCAL_LIMITS,
    })
    const ofState = await soapSource({
      wsdl: new URL('swdj.wsdl', import.meta.url),
      url: addressOf(options.soapUrl, 'the state tax service'),
      token: await usernameToken(options, 'tax', 'DIGEST'),
      dialect: stateDialect,
    })
    return combinedSource([
      { name: 'local tax', registers: [local], source: ofLocal },
      { name: 'state tax', registers: [state], source: ofState },
    ])
  },
}
