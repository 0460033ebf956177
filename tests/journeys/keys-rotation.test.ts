import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { auditReader } from '../../gateway/adapters/audit-file.ts'
import { publicKeysFile, readPublicKeys, rotateKey } from '../../gateway/adapters/key-files.ts'
import { verifyAudit } from '../../gateway/audit/verify.ts'
import { keysDirectory } from '../../gateway/config/config.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { DESK } from '../kit/gateway.ts'
import { MANY, startRotatedGateway } from '../kit/rotation.ts'
import type { RotatedGateway } from '../kit/rotation.ts'

/*
 * Every key is rotated again and again while two thousand requests are under way: a department over HTTP verifies the
 * gateway's calls, pages go on with cursors of before, and pseudonyms must join with those of every answer before.
 */

const REQUESTS = 2_000
const AT_ONCE = 12
const ROTATIONS = 4

const people = [
  demoPeople.allThree,
  demoPeople.publicSecurityOnly,
  demoPeople.oldNumber,
  demoPeople.conflicting,
  demoPeople.rareName,
].map(({ document }) => document.idDocumentNumber)

const PERSON = `query ($n: IdNumber!) {
  person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) {
    pseudonym formerPseudonyms household { registrationStatus }
  }
}`
const PAGE = `query ($after: String) {
  legalEntities(filter: { divisionCode: "442000" }, first: 1, after: $after) { nodes { identifier } endCursor hasNextPage }
}`

const registers = {
  matters: {
    matters: [
      {
        code: 'rotation',
        title: '轮换期间的核查',
        department: DESK.department,
        fields: [
          'Person.pseudonym',
          'Person.formerPseudonyms',
          'HouseholdRegistration.registrationStatus',
          'Query.legalEntities',
          'LegalEntityConnection.nodes',
          'LegalEntityConnection.endCursor',
          'LegalEntityConnection.hasNextPage',
          'LegalEntity.identifier',
          'Enterprise.divisionCode',
        ],
      },
    ],
  },
  cases: { cases: [] },
  grants: { grants: [] },
}

const limits = {
  officerPerMinute: MANY,
  subjectsPerOfficerHour: MANY,
  subjectsPerOfficerDay: MANY,
  subjectsPerDepartmentDay: MANY,
}

interface Told {
  readonly pseudonym: string
  readonly formerPseudonyms: readonly string[]
  readonly household: { readonly registrationStatus: string } | null
}

interface Page {
  readonly nodes: readonly { readonly identifier: string }[]
  readonly endCursor: string
  readonly hasNextPage: boolean
}

describe('while every key is rotated under load', () => {
  let rotated: RotatedGateway

  beforeAll(async () => {
    rotated = await startRotatedGateway(registers, { limits })
  })
  afterAll(() => rotated.close())

  const ask = (query: string, variables: Record<string, unknown>): Promise<Reply> =>
    rotated.gateway.ask({ matter: 'rotation', query, variables })

  test(
    `of ${REQUESTS} requests none fails, no call is refused, and no join is lost`,
    { timeout: 300_000 },
    async () => {
      const first = await ask(PAGE, { after: null })
      const begun = (first.body.data as { legalEntities: Page }).legalEntities
      const [, second] = [
        begun,
        ((await ask(PAGE, { after: begun.endCursor })).body.data as { legalEntities: Page }).legalEntities,
      ]
      const known = new Map<string, Set<string>>()
      const seen = new Set<string>()
      const faults: unknown[] = []
      let [sent, answered] = [0, 0]

      const person = async (number: string): Promise<void> => {
        const { status, body } = await ask(PERSON, { n: number })
        const told = (body.data as { person: Told } | null | undefined)?.person
        if (status !== 200 || body.errors || !told?.household) return void faults.push([status, body])
        const joined = [told.pseudonym, ...told.formerPseudonyms]
        seen.add(told.pseudonym)
        const before = known.get(number) ?? new Set(joined)
        // With the very first answer as with all others: by the new key or by one that is still accepted.
        if (!joined.some((one) => before.has(one))) faults.push({ lost: number, joined })
        known.set(number, before.union(new Set(joined)))
      }
      const page = async (): Promise<void> => {
        const { status, body } = await ask(PAGE, { after: begun.endCursor })
        const found = (body.data as { legalEntities: Page } | null | undefined)?.legalEntities
        if (status !== 200 || body.errors || found?.nodes[0]?.identifier !== second.nodes[0]?.identifier)
          faults.push([status, body])
      }
      const worker = async (): Promise<void> => {
        while (sent < REQUESTS) {
          const at = (sent += 1)
          await (at % 4 === 0 ? page() : person(people[at % people.length] ?? ''))
          answered += 1
        }
      }
      const workers = Promise.all(Array.from({ length: AT_ONCE }, worker))
      for (let round = 0; round < ROTATIONS; round += 1) {
        // Spread over the whole run, so that some are under way at each.
        const due = Math.floor(((round + 0.5) * REQUESTS) / ROTATIONS / 1.1)
        await expect.poll(() => answered, { timeout: 200_000, interval: 20 }).toBeGreaterThan(due)
        await rotated.rotateAll()
      }
      await workers
      expect(faults).toEqual([])
      expect([answered, rotated.calls.refused]).toEqual([REQUESTS, 0])
      expect(rotated.calls.verified).toBeGreaterThan(REQUESTS / 2)
      // The keys did change under way, and nobody's pseudonyms are anybody else's.
      expect(seen.size).toBeGreaterThan(people.length)
      const sets = [...known.values()]
      expect(new Set(sets.flatMap((one) => [...one])).size).toBe(sets.reduce((sum, one) => sum + one.size, 0))
    },
  )

  test('a receipt that was signed before is good after, though its key is gone', async () => {
    const { ring, gateway } = rotated
    const [bytes, before] = [Buffer.from('receipt'), ring.signing('receipt')]
    const signature = before.sign(bytes)
    const now = Date.now()
    for (const _ of [1, 2, 3])
      await rotateKey(keysDirectory(gateway.config), 'receipt', { development: true, now, usedFrom: now, keep: 0 })
    await expect.poll(() => ring.signing('receipt').id).not.toBe(before.id)
    expect(ring.verify('receipt', before.id, bytes, signature)).toBe(true)
  })

  test('the audit record, signed by one key after the other, proves', async () => {
    const { gateway } = rotated
    const published = await readPublicKeys(publicKeysFile(keysDirectory(gateway.config), 'audit-head'))
    expect(published.length).toBeGreaterThan(ROTATIONS)
    await gateway.halt()
    const reader = auditReader(gateway.config.audit.directory)
    expect((await verifyAudit(reader, published)).faults).toEqual([])
    // It was signed by more than one of them: with the oldest alone it does not prove.
    expect((await verifyAudit(reader, published.slice(-1))).faults).not.toEqual([])
  })
})
