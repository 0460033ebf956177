import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import type { DemoPerson } from '../../city/demo-people.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { departmentsSeen, fieldsSeen } from '../kit/gateway-departments.ts'
import type { Reply } from '../kit/gateway-http.ts'

const BIRTH = ['BirthRecord', 'ResidencePermit', 'StudentRecord', 'DeathRecord'].map((type) => `${type}.birthDate`)
const NAMES = ['Enterprise.enterpriseName', 'IndividualBusiness.businessName', 'PublicInstitution.organisationName']
const SOCIAL = ['PrivateNonEnterpriseUnit', 'SocialAssociation', 'SocialWelfareInstitution']
const ADDRESSES = ['Enterprise.registeredDomicile', 'IndividualBusiness.registeredBusinessPremises']
const TAX = ['LocalTaxRegistration.localTaxRegisteredAddress', 'StateTaxRegistration.stateTaxRegisteredAddress']
const NUMBERS = ['StateTaxRegistration.stateTaxpayerId', 'LocalTaxRegistration.localTaxpayerId']

const MATTER = {
  code: 'sources',
  title: '多元校核',
  department: DESK.department,
  fields: [
    ...['birthDate', 'birthDateSources', 'birthDateConflict', 'deathDateConflict', 'deathDateSources'].map(
      (f) => `Person.${f}`,
    ),
    ...['name', 'nameSources', 'nameConflict', 'registeredAddress', 'registeredAddressSources'].map(
      (f) => `LegalEntity.${f}`,
    ),
    ...['registeredAddressConflict', 'taxpayerIdConflict', 'taxpayerIdSources'].map((f) => `LegalEntity.${f}`),
    'LegalEntity.identifier',
    'Person.name',
    'Person.nameConflict',
    'HouseholdRegistration.name',
    'ResidencePermit.name',
    'StudentRecord.studentName',
    'DeathRecord.deceasedName',
    'HouseholdRegistration.registrationStatus',
    'HouseholdRegistration.cancellationReason',
    'DeathRecord.deathDate',
    ...BIRTH,
    ...NAMES,
    ...SOCIAL.flatMap((type) => [`${type}.organisationName`, `${type}.organisationAddress`]),
    'PublicInstitution.organisationAddress',
    ...ADDRESSES,
    ...TAX,
    ...NUMBERS,
    // What a taxpayer's number may contain has to be as open as the number.
    'IndividualBusiness.operatorIdNumber',
    'Person.idDocumentNumber',
    'Enterprise.unifiedSocialCreditCode',
  ],
}
/** The same names, of which the sources beside the authority are only verified. */
const COMPARED = {
  code: 'names-compared',
  title: '姓名比对',
  department: DESK.department,
  fields: [
    ...['name', 'nameConflict', 'residencePermit', 'student', 'death'].map((f) => `Person.${f}`),
    'HouseholdRegistration.name',
  ],
  verify: ['ResidencePermit.name', 'StudentRecord.studentName', 'DeathRecord.deceasedName'],
}
const GRANT = {
  id: 'G-7',
  consumer: DESK.department,
  matters: [MATTER.code],
  clear: ['HouseholdRegistration.cancellationReason', 'IndividualBusiness.operatorIdNumber'],
  validFrom: '2026-01-01T00:00:00+08:00',
  validUntil: '2031-01-01T00:00:00+08:00',
  approver: 'PS-0001',
}

let gateway: TestGateway
beforeAll(async () => {
  const registers = { matters: { matters: [MATTER, COMPARED] }, cases: { cases: [] }, grants: { grants: [GRANT] } }
  gateway = await startTestGateway({ registers })
})
afterAll(() => gateway.stop())
afterEach(() => {
  gateway.heal()
  gateway.forget()
})

const numberOf = (name: DemoPerson): string => demoPeople[name].document.idDocumentNumber
const ask = (query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Reply> =>
  gateway.ask({ as: DESK, matter: MATTER.code, query, variables })
const about = (name: DemoPerson, fields: string): Promise<Reply> =>
  ask(`query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { ${fields} } }`, {
    n: numberOf(name),
  })
const firm = (organisation: keyof typeof demoOrganisations, fields: string): Promise<Reply> => {
  const { uscc } = demoOrganisations[organisation]
  const type = uscc === null ? 'REGISTRATION_NUMBER' : 'USCC'
  const code = uscc ?? demoOrganisations.shop.registrationNumber
  return ask(`query ($c: String!) { legalEntity(identifierType: ${type}, identifier: $c) { ${fields} } }`, { c: code })
}
/** An answer with other texts in it. */
async function amended(
  next: () => Promise<unknown>,
  changes: readonly (readonly [string, string])[],
): Promise<unknown> {
  const text = changes.reduce((all, [from, to]) => all.replace(from, to), JSON.stringify(await next()))
  return JSON.parse(text) as unknown
}
const codes = ({ body }: Reply) => (body.errors ?? []).map(({ path, extensions }) => [path?.join('.'), extensions.code])
const conflicts = ({ body }: Reply) =>
  (body.extensions?.sharing.notes ?? []).flatMap(({ path, conflict }) => (conflict === true ? [path.join('.')] : []))

describe('what a query asks for and no more', () => {
  test('the value asks its authorities alone; nobody is compared unasked', async () => {
    const reply = await about('conflicting', 'birthDate')
    expect(reply.body.data).toEqual({ person: { birthDate: '1979-07-01' } })
    expect(departmentsSeen(gateway.seen)).toEqual(['health', 'residence-permit'])
    expect(conflicts(reply)).toEqual([])
    // Whoever does not ask is told nothing, of the value either.
    expect(fieldsSeen(gateway.seen)).not.toContain('student')
  })

  test('each source is asked for the one column', async () => {
    await about('conflicting', 'birthDateConflict')
    const texts = gateway.seen.filter(({ department }) => department !== 'gateway').map(({ query }) => query)
    expect(
      texts
        .join(' ')
        .match(/\w*(?:Date|name|sex|Number)\b/gi)
        ?.filter((word) => word !== 'birthDate') ?? [],
    ).toEqual([])
  })

  test('an included part is compared, and a skipped one is not', async () => {
    const query = `query ($n: IdNumber!, $with: Boolean!) {
      person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) {
        birthDate ... @include(if: $with) { birthDateConflict birthDateSources { value asOf @skip(if: $with) } }
      } }`
    const without = await ask(query, { n: numberOf('conflicting'), with: false })
    expect(without.body.data).toEqual({ person: { birthDate: '1979-07-01' } })
    expect([conflicts(without), departmentsSeen(gateway.seen)]).toEqual([[], ['health', 'residence-permit']])
    const [full] = [await ask(query, { n: numberOf('conflicting'), with: true })]
    expect(full?.body.data).toEqual({
      person: {
        birthDate: '1979-07-01',
        birthDateConflict: true,
        birthDateSources: [{ value: '1979-07-01' }, { value: '1979-01-07' }],
      },
    })
    expect(full && conflicts(full)).toEqual(['person.birthDate'])
  })
})

describe('two lanes', () => {
  test('say the same, byte for byte', async () => {
    const query = `query ($k: [PersonKeyInput!]!) { persons(keys: $k) {
      born: birthDate again: birthDate differ: birthDateConflict
      from: birthDateSources { who: source sourceTitle coordinate value asOf authoritative agrees __typename } } }`
    const k = (['conflicting', 'twoBirthDates', 'student', 'parent'] as const).map((name) => ({
      idDocumentType: 'RESIDENT_ID',
      idDocumentNumber: numberOf(name),
    }))
    const [first, second] = [await ask(query, { k }), await ask(query, { k })]
    const plain = (one: Reply) => one.text.replaceAll(one.receipt, '')
    expect(plain(second)).toBe(plain(first))
    const lanes = await Promise.all([first, second].map(async ({ receipt }) => (await gateway.recordOf(receipt)).lane))
    expect(lanes).toEqual(['apollo', 'fast'])
    expect(conflicts(first)).toEqual(['persons.0.born', 'persons.0.again', 'persons.1.born', 'persons.1.again'])
    // Of whom no source says anything, nothing is said.
    expect(first.body.data?.['persons']).toMatchObject([
      {},
      {},
      { differ: false },
      { born: null, differ: false, from: [] },
    ])
  })
})

describe('a source that does not answer (INV-13)', () => {
  async function silent(department: string, value: string | null): Promise<void> {
    gateway.disturb(department, () => Promise.reject(new Error('down')))
    const reply = await about('conflicting', 'birthDate birthDateConflict birthDateSources { value }')
    expect(reply.body.data).toEqual({ person: { birthDate: value, birthDateConflict: null, birthDateSources: null } })
    const lost = [...(value === null ? ['birthDate'] : []), 'birthDateConflict', 'birthDateSources']
    expect(codes(reply)).toEqual(lost.map((at) => [`person.${at}`, 'SOURCE_UNAVAILABLE']))
    expect(conflicts(reply)).toEqual([])
  }

  test('and is the first authority has nobody’s copy in its place', async () => {
    expect.hasAssertions()
    await silent('health', null)
  })

  test('and is the second has nobody’s either', async () => {
    expect.hasAssertions()
    await silent('residence-permit', null)
  })

  test('and is only compared is not taken to agree', async () => {
    expect.hasAssertions()
    await silent('education', '1979-07-01')
  })

  test('the second authority is not needed where the first has the value', async () => {
    gateway.disturb('residence-permit', () => Promise.reject(new Error('down')))
    const reply = await about('student', 'birthDate')
    expect([reply.body.data, codes(reply)]).toEqual([{ person: { birthDate: '2012-03-08' } }, []])
  })

  test('that answers another type is not compared', async () => {
    gateway.disturb('education', (next) => amended(next, [['"1979-01-07"', '{"y":1979}']]))
    const reply = await about('conflicting', 'birthDate birthDateConflict')
    expect(reply.body.data).toEqual({ person: { birthDate: '1979-07-01', birthDateConflict: null } })
    expect(codes(reply)).toEqual([['person.birthDateConflict', 'SOURCE_INVALID']])
  })
})

describe('an attribute without an authority', () => {
  test('is not settled by whoever is named first', async () => {
    const reply = await about('twoBirthDates', 'name nameConflict')
    expect(reply.body.data).toEqual({ person: { name: null, nameConflict: true } })
    expect(codes(reply)).toEqual([['person.name', 'CONFLICT_UNRESOLVED']])
    expect(reply.body.errors?.[0]?.extensions.clause).toBe('ZS-3.06')
    expect(codes(await about('twoBirthDates', 'name'))).toEqual([])
  })

  test('two sources that are only verified are not compared with each other (0019)', async () => {
    const query = `query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { nameConflict } }`
    const variables = { n: numberOf('twoBirthDates') }
    const reply = await gateway.ask({ as: DESK, matter: COMPARED.code, query, variables })
    expect(codes(reply)).toEqual([])
    expect(reply.body.data).toEqual({ person: { nameConflict: false } })
    expect((await about('twoBirthDates', 'nameConflict')).body.data).toEqual({ person: { nameConflict: true } })
  })
})

describe('death and a registration that still stands', () => {
  test('days between a death and its cancellation are no difference', async () => {
    const reply = await about('deceased', 'deathDateConflict deathDateSources { source value agrees }')
    expect(reply.body.data).toEqual({
      person: {
        deathDateConflict: false,
        deathDateSources: [
          { source: 'health', value: '2024-05-02', agrees: true },
          { source: 'public-security', value: 'CANCELLED', agrees: null },
          { source: 'public-security', value: 'DECEASED', agrees: true },
        ],
      },
    })
  })

  test('a registration in force is', async () => {
    gateway.disturb('public-security', (next) =>
      amended(next, [
        ['CANCELLED', 'NORMAL'],
        ['DECEASED', 'MOVED_OUT'],
      ]),
    )
    const reply = await about('deceased', 'deathDateConflict')
    expect(reply.body.data).toEqual({ person: { deathDateConflict: true } })
  })
})

describe('organisations', () => {
  test.each([
    ['firm', demoOrganisations.firm.name],
    ['shop', demoOrganisations.shop.name],
    ['association', demoOrganisations.association.name],
    ['institution', demoOrganisations.institution.name],
  ] as const)('the name of %s is that of its registering authority', async (organisation, name) => {
    const reply = await firm(organisation, 'name nameConflict nameSources { value authoritative }')
    expect(reply.body.data).toEqual({
      legalEntity: { name, nameConflict: false, nameSources: [{ value: name, authoritative: true }] },
    })
  })

  test('an address that tax holds otherwise is flagged; the register’s is given', async () => {
    const reply = await firm(
      'movedFirm',
      'registeredAddress registeredAddressConflict registeredAddressSources { source agrees }',
    )
    const { legalEntity } = reply.body.data as { legalEntity: Record<string, unknown> }
    expect(legalEntity).toMatchObject({
      registeredAddress: demoOrganisations.movedFirm.address,
      registeredAddressConflict: true,
    })
    expect(legalEntity['registeredAddressSources']).toContainEqual({ source: 'market-registration', agrees: true })
    expect(legalEntity['registeredAddressSources']).toContainEqual({ source: 'tax', agrees: false })
    expect(conflicts(reply)).toEqual(['legalEntity.registeredAddress'])
    expect((await firm('firm', 'registeredAddressConflict')).body.data).toEqual({
      legalEntity: { registeredAddressConflict: false },
    })
  })
})

describe('the record', () => {
  test('names what was compared, and holds no value of it (HZ-52, HZ-47.2)', async () => {
    const reply = await about('twoBirthDates', 'birthDate birthDateConflict')
    const record = await gateway.recordOf(reply.receipt)
    expect(record.data.map((one) => one.coordinate)).toEqual([
      'Person.birthDate',
      'BirthRecord.birthDate',
      'ResidencePermit.birthDate',
      'Person.birthDateConflict',
      'StudentRecord.birthDate',
      'DeathRecord.birthDate',
    ])
    expect(JSON.stringify(record)).not.toMatch(/1964-?03-?20/)
  })

  test('counts whom nothing is found of, also where only a comparison is asked for (S13)', async () => {
    const reply = await ask(
      `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "442090190001010015") { birthDateConflict } }`,
    )
    expect(reply.body.data).toEqual({ person: { birthDateConflict: false } })
    expect((await gateway.recordOf(reply.receipt)).route.map(({ department }) => department)).toContain('education')
  })
})

test('introspection shows them to whom they are open', async () => {
  const names = async (matter: string): Promise<readonly string[]> => {
    const reply = await gateway.ask({ as: DESK, matter, query: '{ __type(name: "Person") { fields { name } } }' })
    return (
      (reply.body.data?.['__type'] as { fields: readonly { name: string }[] } | null)?.fields.map(({ name }) => name) ??
      []
    )
  }
  const [open, elsewhere] = [await names(MATTER.code), await names('no-such-matter')]
  expect(open).toEqual(expect.arrayContaining(['birthDate', 'birthDateSources', 'birthDateConflict']))
  expect(open).not.toContain('nameSources')
  expect(elsewhere).not.toContain('birthDateSources')
})
