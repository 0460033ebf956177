import { demoPeople } from '../../city/demo-people.ts'
import type { DemoPerson } from '../../city/demo-people.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import type { ExplainedField } from '../../gateway/request/explain-field.ts'
import { to15 } from '../../gateway/vocabulary/id-number.ts'
import type { TestGateway } from '../kit/gateway.ts'
import type { SeenFetch } from '../kit/gateway-departments.ts'
import type { Reply, ReplyDecision } from '../kit/gateway-http.ts'
import type { DecisionCase, ExplainCase, Explained, Want } from './case-file.ts'

/** Asks over HTTP and gives what came out, in the words of the case files. */
export async function runCase(gateway: TestGateway, one: DecisionCase): Promise<Want> {
  const { department, application, officer, roles, matter, case: file, emergency } = one.caller
  gateway.forget()
  for (const department of one.down ?? []) gateway.disturb(department, () => Promise.reject(new Error('down')))
  const token = await gateway.token({ department, application, officer, roles, name: '演示人员' })
  const reply = await gateway.send({
    headers: [
      ['content-type', 'application/json'],
      ['authorization', `Bearer ${token}`],
      ['x-decisions', 'all'],
      ...(matter === undefined ? [] : [['x-matter', matter] as const]),
      ...(file === undefined ? [] : [['x-case', file] as const]),
      ...(emergency === undefined ? [] : [['x-emergency', emergency] as const]),
      ...Object.entries(one.headers ?? {}),
    ],
    body: JSON.stringify({
      query: one.operation ?? undefined,
      variables: variablesOf(one),
      extensions: one.extensions,
    }),
  })
  gateway.heal()
  const record = await gateway.recordOf(reply.receipt)
  const { method, grants, approvers, outcome, operation, finding } = record
  const aliases = operation?.aliases ?? {}
  return {
    status: reply.status,
    ...(reply.body.extensions?.sharing.decisions ? { decisions: decisionsOf(reply) } : {}),
    ...(reply.body.data === undefined ? {} : { data: numbered(reply.body.data) }),
    ...(reply.body.errors ? { errors: errorsOf(reply) } : {}),
    ...(one.want.notes ? { notes: notesOf(reply) } : {}),
    fetched: fetchedOf(gateway.seen),
    record: {
      method,
      grants,
      approvers,
      codes: outcome.codes,
      ...(record.emergency ? { emergency: record.emergency } : {}),
      ...(Object.keys(aliases).length > 0 ? { aliases } : {}),
      ...(finding ? { finding: `${finding.kind} ${finding.of} ${finding.count}` } : {}),
    },
  }
}

const EXPLAIN = `query($d: String!) { explain(document: $d) {
  decisions { coordinate classLabel decision code maskRule clause grant unlock { procedure whom text } } } }`

/** Asks for the explanation of the document, as the same caller, and gives what it says of each coordinate. */
export async function runExplanation(gateway: TestGateway, one: ExplainCase): Promise<ExplainCase['want']> {
  const { explain, want: _want, ...situation } = one
  const none = { status: 200, fetched: {}, record: { method: 'query', grants: [], approvers: [], codes: [] } }
  const asking = { ...situation, operation: EXPLAIN, variables: { d: explain }, want: none }
  const { data, fetched } = await runCase(gateway, { ...asking, headers: { 'accept-language': 'zh-CN' } })
  const answer = data as { readonly explain: { readonly decisions: readonly ExplainedField[] } | null } | undefined
  if (!answer?.explain) throw new Error(`${one.id} was not explained`)
  if (Object.keys(fetched).length > 0) throw new Error(`${one.id}: a department was asked`)
  return { explained: Object.fromEntries(answer.explain.decisions.map((field) => [field.coordinate, said(field)])) }
}

/** What is said of one field, in the words of the case files. */
export function said(field: ExplainedField): Explained {
  const { decision, code, maskRule: rule, clause, grant, classLabel, unlock } = field
  const words = wordsOf({ ...field, decision, code, rule, clause, grant, path: [] })
  if (unlock === null) return { decision: words, class: classLabel ?? '' }
  const { procedure, whom, text } = unlock
  return { decision: words, class: classLabel ?? '', procedure, whom, text }
}

export function variablesOf({ variables }: DecisionCase): Readonly<Record<string, unknown>> | undefined {
  if (!variables) return undefined
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, numberOf(value)]))
}

/** `person:NAME`, `old-number:NAME` and `organisation:NAME` are numbers of the demonstration, wherever in a value they stand. */
function numberOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(numberOf)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, numberOf(member)]))
  const [, kind, name] = /^(person|old-number|organisation):(\w+)$/.exec(String(value)) ?? []
  if (kind === undefined || name === undefined) return value
  if (kind === 'organisation') return codeOf(name)
  if (!isDemoPerson(name)) throw new Error(`there is no person ${name} in city/demo-people.ts`)
  const number = demoPeople[name].document.idDocumentNumber
  return kind === 'person' ? number : to15(number)
}

function codeOf(name: string): string {
  const code = Object.entries(demoOrganisations).find(([known]) => known === name)?.[1].uscc
  if (!code) throw new Error(`there is no organisation ${name} with a code in city/organisations/demo-organisations.ts`)
  return code
}

function isDemoPerson(name: string): name is DemoPerson {
  return Object.hasOwn(demoPeople, name)
}

/** A coordinate has one decision, wherever it stands. */
function decisionsOf({ body }: Reply): Record<string, string> {
  const decisions = body.extensions?.sharing.decisions ?? []
  return Object.fromEntries(decisions.map((one) => [one.coordinate, wordsOf(one)]))
}

function wordsOf({ decision, code, rule, clause, grant }: ReplyDecision): string {
  const how = decision === 'DENY' ? code : rule
  return [decision, how, clause, grant === null ? null : `grant ${grant}`].filter((word) => word !== null).join(' ')
}

function errorsOf({ body }: Reply): Record<string, string> {
  const errors = (body.errors ?? []).map(({ path, extensions }) => {
    const place = path?.filter((step) => typeof step === 'string').join('.') ?? 'request'
    return [place, extensions.clause === null ? extensions.code : `${extensions.code} ${extensions.clause}`] as const
  })
  return Object.fromEntries(errors)
}

/** By place, as a lawyer reads it: `2026-11-20T02:10:00+08:00 CURRENT`, or `conflict`. */
function notesOf({ body }: Reply): Record<string, string> {
  const notes = body.extensions?.sharing.notes ?? []
  return Object.fromEntries(
    notes.map(({ path, asOf, freshness, conflict }) => [
      path.join('.'),
      conflict === true ? 'conflict' : [asOf, freshness].filter((word) => word !== undefined).join(' '),
    ]),
  )
}

/** GraphQL's own words and the key of a person, which every fetch of a person holds. */
const NOT_FIELDS = /^(query|_entities|on|Person|__typename|idDocumentType|idDocumentNumber)$/

/** Pseudonyms are of a key that every gateway makes for itself: each is told by its place among them. */
function numbered(data: unknown): unknown {
  const known = new Map<string, string>()
  const text = JSON.stringify(data).replaceAll(/"gxp_[\w-]+"/g, (token) => {
    const name = known.get(token) ?? `"pseudonym ${known.size + 1}"`
    known.set(token, name)
    return name
  })
  return JSON.parse(text)
}

/** Departments that were asked, the gateway's own lookup aside, each with the fields asked of it. */
function fetchedOf(seen: readonly SeenFetch[]): Record<string, readonly string[]> {
  const departments = [...new Set(seen.map(({ department }) => department))].filter((one) => one !== 'gateway')
  return Object.fromEntries(
    departments.toSorted().map((department) => {
      const queries = seen.filter((one) => one.department === department).map(({ query }) => query)
      // Without variables, arguments and directives.
      const selections = queries.join(' ').replaceAll(/@\w+|\([^)]*\)/g, ' ')
      const words = selections.match(/[A-Za-z_]\w*/g) ?? []
      return [department, [...new Set(words)].filter((word) => !NOT_FIELDS.test(word)).toSorted()] as const
    }),
  )
}
