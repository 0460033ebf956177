import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { claim, outcomesOf, verify } from '../kit/verify.ts'

/* One subject under each of its identifiers, and people who have no number yet (HZ-15.2). */

const REPRESENTATIVE = 'Enterprise.legalRepresentativeIdNumber'
const MATTER = {
  code: 'identities',
  title: '主体识别',
  department: DESK.department,
  fields: [
    'LegalEntity.identifierType',
    'LegalEntity.identifier',
    'Enterprise.enterpriseName',
    'ProductionPermit.permitNumber',
    'Person.idDocumentNumber',
    'Person.name',
    'BirthRecord.birthDate',
    'BirthRecord.idDocumentNumber',
    'BirthRecord.motherIdNumber',
    'BirthRecord.fatherIdNumber',
    'Person.births',
    'BirthRecord.newborn',
    'BirthRecord.mother',
    'BirthRecord.father',
  ],
  verify: [REPRESENTATIVE],
}
const consent = (id: string, clear: readonly string[]) => ({
  id,
  consumer: DESK.department,
  matters: [MATTER.code],
  clear,
  validFrom: '2026-01-01T00:00:00+08:00',
  validUntil: '2031-01-01T00:00:00+08:00',
  approver: 'PS-0001',
})
const GRANTS = [
  consent('G-8', [
    'Person.births',
    'BirthRecord.motherIdNumber',
    'BirthRecord.fatherIdNumber',
    'BirthRecord.newborn',
    'BirthRecord.mother',
    'BirthRecord.father',
  ]),
]

let gateway: TestGateway
beforeAll(async () => {
  const registers = { matters: { matters: [MATTER] }, cases: { cases: [] }, grants: { grants: GRANTS } }
  gateway = await startTestGateway({ registers, settings: { verification: { gridMs: 10 }, cache: { enabled: true } } })
})
afterAll(() => gateway.stop())
afterEach(() => {
  gateway.heal()
  gateway.forget()
})

const ask = (query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Reply> =>
  gateway.ask({ as: DESK, matter: MATTER.code, query, variables })
const firm = (type: string, code: string | null, fields: string): Promise<Reply> =>
  ask(`query ($c: String!) { legalEntity(identifierType: ${type}, identifier: $c) { ${fields} } }`, { c: code })
const subjectsOf = async ({ receipt }: Reply) => (await gateway.recordOf(receipt)).subjects
const down = (department: string) => gateway.disturb(department, () => Promise.reject(new Error('down')))

const { firm: both, movedFirm, shop } = demoOrganisations

describe('a firm with a code and a registration number', () => {
  test('is one subject of the record under each of them', async () => {
    const byCode = await firm('USCC', both.uscc, 'enterprise { enterpriseName }')
    const byNumber = await firm('REGISTRATION_NUMBER', both.registrationNumber, 'enterprise { enterpriseName }')
    const spelled = await firm(
      'REGISTRATION_NUMBER',
      ` ${both.registrationNumber ?? ''} `,
      'enterprise { enterpriseName }',
    )
    expect(byNumber.body.data).toEqual(byCode.body.data)
    expect(await subjectsOf(byCode)).toHaveLength(1)
    expect(await subjectsOf(byNumber)).toEqual(await subjectsOf(byCode))
    expect(await subjectsOf(spelled)).toEqual(await subjectsOf(byCode))
  })

  test('asks the register for the code alone, once, and only where a registration number occurs', async () => {
    gateway.forget()
    await firm('USCC', movedFirm.uscc, 'productionPermits { permitNumber }')
    expect(departmentsSeen(gateway.seen)).toEqual(['quality-supervision'])
    for (const _again of [1, 2]) {
      gateway.forget()
      await firm('REGISTRATION_NUMBER', shop.registrationNumber, 'productionPermits { permitNumber }')
      const asked = gateway.seen.filter(({ department }) => department === 'market-registration')
      expect(asked.map(({ query }) => /\{unifiedSocialCreditCode\}/.test(query))).toEqual(_again === 1 ? [true] : [])
    }
  })

  test('stays who it is where it has no code', async () => {
    const [one, other] = [
      await firm('REGISTRATION_NUMBER', shop.registrationNumber, 'identifier'),
      await firm('USCC', both.uscc, 'identifier'),
    ]
    expect(one.body.data).toEqual({ legalEntity: { identifier: shop.registrationNumber } })
    expect(await subjectsOf(one)).not.toEqual(await subjectsOf(other))
  })
})

describe('while the register does not answer', () => {
  // Numbers that nobody has asked about yet: what is known stands.
  const fresh = (serial: number): string => `4420000000${String(10_000 + serial)}`

  test('nothing is verified, and no department is asked for it', async () => {
    down('market-registration')
    const row = {
      legalEntity: { identifierType: 'REGISTRATION_NUMBER', identifier: fresh(1) },
      items: [claim(REPRESENTATIVE, '442090194910080072')],
    }
    const reply = await verify(gateway, [row], { as: DESK, matter: MATTER.code })
    expect(reply.body.data?.['verifyItems'] ?? null).toBeNull()
    expect(codesOf(reply)).toEqual(['COUNTERS_UNAVAILABLE'])
    expect((await gateway.recordOf(reply.receipt)).method).toBe('refused')
  })

  test('under its code it is verified as ever', async () => {
    const row = {
      legalEntity: { identifierType: 'USCC', identifier: movedFirm.uscc },
      items: [claim(REPRESENTATIVE, '442090194910080072')],
    }
    expect(outcomesOf(await verify(gateway, [row], { as: DESK, matter: MATTER.code }))).toEqual([['NO_MATCH']])
  })

  test('what is less sensitive is answered', async () => {
    down('market-registration')
    const reply = await firm('REGISTRATION_NUMBER', fresh(2), 'productionPermits { permitNumber }')
    expect([reply.body.data, codesOf(reply)]).toEqual([{ legalEntity: { productionPermits: null } }, []])
  })

  test('what is known already is not asked for again', async () => {
    await firm('REGISTRATION_NUMBER', both.registrationNumber, 'identifier')
    down('market-registration')
    const row = {
      legalEntity: { identifierType: 'REGISTRATION_NUMBER', identifier: both.registrationNumber },
      items: [claim(REPRESENTATIVE, '442090194910080072')],
    }
    // The register is the source of the item as well.
    expect(codesOf(await verify(gateway, [row], { as: DESK, matter: MATTER.code }))).toEqual(['SOURCE_UNAVAILABLE'])
  })
})

describe('a newborn', () => {
  const FIELDS =
    'births { birthDate idDocumentNumber newborn { name } mother { idDocumentNumber } father { idDocumentNumber } }'
  const births = (of: 'allThree' | 'parent') =>
    ask(`query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { ${FIELDS} } }`, {
      n: demoPeople[of].document.idDocumentNumber,
    })

  test('with a number leads to both parents, and each of them to it', async () => {
    const [mother, father] = [await births('allThree'), await births('parent')]
    expect(codesOf(mother)).toEqual([])
    expect(mother.body.data).toEqual({
      person: {
        births: [
          {
            birthDate: '2026-09-12',
            idDocumentNumber: demoPeople.newborn.document.idDocumentNumber,
            newborn: { name: '赵一诺' },
            mother: demoKey('allThree'),
            father: demoKey('parent'),
          },
        ],
      },
    })
    expect(father.body.data).toEqual(mother.body.data)
  })

  test('without one yet is found by its parents, and leads to nobody', async () => {
    const number = demoPeople.newborn.document.idDocumentNumber
    gateway.disturb('health', async (next) => {
      const text = unnumbered(JSON.stringify(await next()), number)
      return JSON.parse(text) as unknown
    })
    const reply = await births('allThree')
    expect(codesOf(reply)).toEqual([])
    expect(reply.body.data).toMatchObject({
      person: {
        births: [{ birthDate: '2026-09-12', idDocumentNumber: null, newborn: null, mother: demoKey('allThree') }],
      },
    })
  })
})

function demoKey(name: 'allThree' | 'parent'): { readonly idDocumentNumber: string } {
  return { idDocumentNumber: demoPeople[name].document.idDocumentNumber }
}

/** A certificate as it is before the child is registered: whose it is stands there, and no number of its own. */
function unnumbered(text: string, number: string): string {
  return text.replaceAll(new RegExp(`\\{[^{}]*"${number}"[^{}]*\\}`, 'g'), 'null').replaceAll(`"${number}"`, 'null')
}
