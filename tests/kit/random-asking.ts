/**
 * Random callers who ask random things about a handful of people, each answer kept with what it told of whom, as the scan
 * of the question and the answer finds it (naive-scan.ts).
 */
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import type { Reply } from './gateway-http.ts'
import { DESK, DESK_MATTER } from './gateway.ts'
import type { Ask, TestGateway } from './gateway.ts'
import { selectionText, toldAt } from './naive-scan.ts'
import type { Selection } from './naive-scan.ts'
import { ADOPTION, claim, numberOf, personKey, rowsOf, SCHOOL, SCHOOL_MATTER, verify } from './verify.ts'

const POLICE: TokenSubject = {
  department: 'public-security',
  application: 'command-centre',
  officer: 'PS-0031',
  name: '指挥 演示五',
  roles: ['DESK'],
}
const ALLOWANCE: TokenSubject = {
  department: 'civil-affairs',
  application: 'allowance-review',
  officer: 'CA-0014',
  name: '救助 演示六',
  roles: ['DESK'],
}
const PENSION: TokenSubject = {
  department: 'human-resources-social-security',
  application: 'pension-desk',
  officer: 'HRSS-0077',
  name: '养老 演示七',
  roles: ['DESK'],
}

/** Callers with the headers that they state; the last states none. */
const CALLERS: readonly Ask[] = [
  { as: DESK, ...DESK_MATTER },
  { as: { ...DESK, officer: 'HUR-0220' }, ...DESK_MATTER },
  { as: SCHOOL, ...SCHOOL_MATTER },
  { as: ALLOWANCE, matter: 'living-allowance-review' },
  { as: PENSION, matter: 'pension-stop' },
  { as: POLICE, matter: 'missing-person-search' },
  { as: DESK, matter: null },
]

const SELECTIONS: readonly Selection[] = [
  { name: 'Person.name', sex: 'Person.sex' },
  { name: 'Person.name', household: household() },
  {
    name: 'Person.name',
    household: household(),
    socialInsurance: {
      enrolmentStatus: 'SocialInsuranceEnrolment.enrolmentStatus',
      socialInsuranceNumber: 'SocialInsuranceEnrolment.socialInsuranceNumber',
    },
    disability: {
      issueDate: 'DisabilityCertificate.issueDate',
      issuingAuthority: 'DisabilityCertificate.issuingAuthority',
      disabilityCertificateNumber: 'DisabilityCertificate.disabilityCertificateNumber',
    },
  },
  { name: 'Person.name', residencePermit: { residenceCounty: 'ResidencePermit.residenceCounty' } },
  {
    death: { deathDate: 'DeathRecord.deathDate' },
    housingFundAccount: { accountStatus: 'HousingFundAccount.accountStatus' },
  },
]

function household(): Selection {
  return {
    registrationStatus: 'HouseholdRegistration.registrationStatus',
    householdTownship: 'HouseholdRegistration.householdTownship',
  }
}

export const PEOPLE = ['allThree', 'publicSecurityOnly', 'deceased', 'conflicting', 'student'] as const
export type Name = (typeof PEOPLE)[number]

/** What an answer told of one person. */
export interface Seen {
  readonly person: Name
  readonly receipt: string
  readonly told: ReadonlySet<string>
  readonly outcomes: readonly string[]
  /** Whether the request asked different things of different people. */
  readonly mixed: boolean
  readonly hidden: boolean
}

const FAILING = ['human-resources-social-security', 'disabled-persons', 'public-security', 'health']

const DESK_CHECK = `query ($person: PersonKeyInput) {
  deskCheck(person: $person) { receipt materials { items { coordinate status values } } } }`

/** A value, or that there is none. */
const TOLD_BY_DESK = new Set(['OBTAINED', 'MASKED', 'TO_BE_ASKED', 'NO_RECORD', 'PARTIAL'])

/** Asks, and keeps what was told. */
export interface Asking {
  readonly seen: readonly Seen[]
  /** So many random requests; some departments fail meanwhile. */
  around(rounds: number, roll: (below: number) => number): Promise<void>
  /** One person, looked up. */
  one(caller: Ask, person: Name, selection: Selection): Promise<Reply>
}

/** A place to ask a gateway from. */
export function askingOf(gateway: TestGateway): Asking {
  const seen: Seen[] = []
  async function askAround(rounds: number, roll: (below: number) => number): Promise<void> {
    const pick = <T>(from: readonly T[]): T => {
      const one = from[roll(from.length)]
      if (one === undefined) throw new Error('nothing to pick from')
      return one
    }
    for (let round = 0; round < rounds; round += 1) {
      if (roll(6) === 0) gateway.disturb(pick(FAILING), () => Promise.reject(new Error('down')))
      const caller = pick(CALLERS)
      switch (roll(6)) {
        case 0:
        case 1:
          await askOne(caller, pick(PEOPLE), pick(SELECTIONS))
          break
        case 2:
          await askSeveral(caller, [pick(PEOPLE), pick(PEOPLE)], pick(SELECTIONS))
          break
        case 3:
          await askMixed(caller, [pick(PEOPLE), pick(PEOPLE)], [pick(SELECTIONS), pick(SELECTIONS)])
          break
        case 4:
          await compare([pick(PEOPLE), pick(PEOPLE)])
          break
        case 5:
          await checkDesk(pick(PEOPLE))
          break
      }
      gateway.heal()
    }
  }

  function note(one: Omit<Seen, 'hidden'>, caller: Ask): void {
    seen.push({ ...one, hidden: caller.matter === 'missing-person-search' })
  }

  async function askOne(caller: Ask, person: Name, selection: Selection): Promise<Reply> {
    const query = `query ($n: IdNumber!) {
    person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { ${selectionText(selection)} } }`
    const reply = await gateway.ask({ ...caller, query, variables: { n: numberOf(person) } })
    note(
      { person, receipt: reply.receipt, told: toldAt(reply, ['person'], selection), outcomes: [], mixed: false },
      caller,
    )
    return reply
  }

  async function askSeveral(caller: Ask, people: readonly Name[], selection: Selection): Promise<void> {
    const keys = people.map((person) => personKey(numberOf(person)))
    const query = `query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { ${selectionText(selection)} } }`
    const reply = await gateway.ask({ ...caller, query, variables: { keys } })
    noteAll(reply, caller, people, (at) => toldAt(reply, ['persons', at], selection), false)
  }

  async function askMixed(caller: Ask, people: readonly Name[], selections: readonly Selection[]): Promise<void> {
    const parts = people.map(
      (_, at) =>
        `p${at}: person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n${at}) { ${selectionText(selections[at] ?? {})} }`,
    )
    const names = people.map((_, at) => `$n${at}: IdNumber!`).join(' ')
    const variables = Object.fromEntries(people.map((person, at) => [`n${at}`, numberOf(person)]))
    const reply = await gateway.ask({ ...caller, query: `query (${names}) { ${parts.join(' ')} }`, variables })
    noteAll(reply, caller, people, (at) => toldAt(reply, [`p${at}`], selections[at] ?? {}), true)
  }

  /** The same person twice in one request was told of once. */
  function noteAll(
    { receipt }: Reply,
    caller: Ask,
    people: readonly Name[],
    toldOf: (at: number) => ReadonlySet<string>,
    mixed: boolean,
  ): void {
    for (const person of new Set(people)) {
      const told = people.flatMap((one, at) => (one === person ? [...toldOf(at)] : []))
      note({ person, receipt, told: new Set(told), outcomes: [], mixed }, caller)
    }
  }

  async function compare(people: readonly Name[]): Promise<void> {
    const caller = { as: SCHOOL, ...SCHOOL_MATTER }
    const reply = await verify(
      gateway,
      people.map((person) => ({ person: personKey(numberOf(person)), items: [claim(ADOPTION, '演示收字第1号')] })),
    )
    for (const [at, row] of rowsOf(reply).entries()) {
      const outcomes = row.items.flatMap((item) => (item === null ? [] : [`${item.coordinate} ${item.outcome}`]))
      const person = people[at]
      if (person === undefined) throw new Error('a row too many')
      note({ person, receipt: row.receipt, told: new Set(), outcomes, mixed: false }, caller)
    }
  }

  async function checkDesk(person: Name): Promise<void> {
    const caller = { as: DESK, ...DESK_MATTER }
    const reply = await gateway.ask({
      ...caller,
      query: DESK_CHECK,
      variables: { person: personKey(numberOf(person)) },
    })
    const checked = reply.body.data?.['deskCheck'] as {
      readonly materials: readonly { readonly items: readonly { coordinate: string; status: string }[] }[]
    }
    const items = checked.materials.flatMap((one) => one.items)
    const told = items.filter(({ status }) => TOLD_BY_DESK.has(status)).map(({ coordinate }) => coordinate)
    note({ person, receipt: reply.receipt, told: new Set(told), outcomes: [], mixed: false }, caller)
  }

  return { seen, around: askAround, one: askOne }
}
