import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoPeople } from '../../../city/demo-people.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../../kit/gateway.ts'
import type { TestGateway } from '../../kit/gateway.ts'

const NUMBER = demoPeople.allThree.document.idDocumentNumber
const FIELDS = ['Person.idDocumentNumber', 'Person.name', 'HouseholdRegistration.citizenIdNumber']

/** Where the law asks for a grant for everything, so that everything can be granted masked. */
const REGISTERS = {
  matters: {
    matters: [
      {
        code: DESK_MATTER.matter,
        title: '公共租赁住房申请',
        department: 'housing-urban-rural',
        caseRequired: true,
        fields: FIELDS,
      },
    ],
  },
  grants: {
    grants: [
      {
        id: 'G-1',
        consumer: 'housing-urban-rural',
        matters: [DESK_MATTER.matter],
        clear: FIELDS.slice(0, 1),
        masked: FIELDS.slice(1),
        validFrom: '2026-01-01T00:00:00+08:00',
        validUntil: '2031-01-01T00:00:00+08:00',
        approver: 'GA-0001',
        agreement: 'XY-1',
      },
    ],
  },
}

let gateway: TestGateway
beforeAll(async () => {
  const settings = { masking: { ruleSet: 'hutool' } }
  gateway = await startTestGateway({ regime: 'huizhou', settings, registers: REGISTERS })
})
afterAll(async () => {
  await gateway.stop()
})

test('the set of the configuration masks the answer, and the answer says which it was', async () => {
  const query = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") { name household { citizenIdNumber } } }`
  const { body } = await gateway.ask({ query, as: DESK, ...DESK_MATTER })
  expect(body.data).toEqual({
    person: {
      name: `${demoPeople.allThree.name.slice(0, 1)}***`,
      household: { citizenIdNumber: `${NUMBER.slice(0, 1)}${'*'.repeat(15)}${NUMBER.slice(-2)}` },
    },
  })
  expect(body.extensions?.sharing).toMatchObject({ masking: 'hutool/1' })
})
