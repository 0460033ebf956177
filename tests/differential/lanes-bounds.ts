import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { vi } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { appendOfficerEvent } from '../../gateway/adapters/officer-events.ts'
import { officerEventsFile } from '../../gateway/config/config.ts'
import type { Code } from '../../gateway/vocabulary/codes.ts'
import { checkDigit } from '../../gateway/vocabulary/id-number.ts'
import type { TestGatewayOptions } from '../kit/gateway.ts'
import type { LaneGateway, Pair } from './lanes.ts'
import { AS_DESK, DIVISIONS, keysOf, NUMBER, purpose, requestOf } from './lanes-world.ts'

/* What bounds the use of the gateway itself: each case brings it to its bound, and asks in both lanes. */

/** One case; it leaves the gateway as it was. */
export interface BoundCase {
  readonly name: string
  readonly regime: 'zhongshan' | 'huizhou' | 'zhejiang'
  /** The whole answer's code, or a field's. */
  readonly code: Code
  /** Whether the request goes so far that its lane shows in the record. */
  readonly lane: 'fast' | 'none' | 'unrecorded'
  run(lanes: LaneGateway): Promise<Pair>
}

/** Bounds that a few requests reach. */
export const NARROW: NonNullable<TestGatewayOptions['settings']> = {
  limits: { inFlight: 3, subjectsPerCase: 2, neighboursPerOfficer: 2, officerPerMinute: 120 },
}

const PERSON =
  'query Q($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name household { registrationStatus } } }'
const plain = (standing = AS_DESK) => requestOf(standing, { query: PERSON, variables: { n: NUMBER } })
const photo = requestOf(
  { ...AS_DESK, stated: purpose('photos') },
  { query: PERSON.replace('registrationStatus', 'photo'), variables: { n: NUMBER } },
)
const differing = requestOf(
  { ...AS_DESK, stated: purpose('sources') },
  {
    query: PERSON.replace('household { registrationStatus }', 'nameConflict nameSources { source value agrees }'),
    variables: { n: demoPeople.twoBirthDates.document.idDocumentNumber },
  },
)
const persons = (keys: readonly object[], officer: string) =>
  requestOf(
    { ...AS_DESK, as: { ...AS_DESK.as, officer } },
    { query: 'query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { name } }', variables: { keys } },
  )

/** Numbers of one division and birth date; nobody has them. */
const neighbours = ['001', '002', '003'].map((sequence) => {
  const first = `44200019620230${sequence}`
  return { idDocumentType: 'RESIDENT_ID', idDocumentNumber: first + checkDigit(first) }
})

/** Until a request is answered again. */
const well = (lanes: LaneGateway, request = plain()): Promise<unknown> =>
  vi.waitUntil(async () => (await lanes.once(request, 'apollo')).text.includes('"data":'), {
    timeout: 15_000,
    interval: 400,
  })

export const BOUNDS: readonly BoundCase[] = [
  {
    name: 'too many requests of one officer',
    regime: 'zhongshan',
    code: 'RATE_LIMIT',
    lane: 'unrecorded',
    run: (lanes) =>
      lanes.pair(plain(), 'fast', {
        before: Array.from({ length: 120 }, () => requestOf(AS_DESK, { query: '{ __typename }' })),
      }),
  },
  {
    name: 'too many persons of one case',
    regime: 'zhongshan',
    code: 'RATE_LIMIT',
    lane: 'fast',
    run: (lanes) => lanes.pair(persons(keysOf(9), 'HUR-0201'), 'fast'),
  },
  {
    name: 'sources that differ, and no authority among them',
    regime: 'zhongshan',
    code: 'CONFLICT_UNRESOLVED',
    lane: 'fast',
    run: (lanes) => lanes.pair(differing, 'fast', { before: [differing] }),
  },
  {
    name: 'too many requests at once',
    regime: 'zhongshan',
    code: 'OVERLOADED',
    lane: 'unrecorded',
    async run(lanes) {
      const waiting = Promise.withResolvers<undefined>()
      let asked = 0
      lanes.gateway.disturb('public-security', async (next) => {
        asked += 1
        await waiting.promise
        return next()
      })
      const held = Array.from({ length: 3 }, () => lanes.once(plain(), 'apollo'))
      await vi.waitUntil(() => asked >= 3, { timeout: 10_000 })
      try {
        return await lanes.pair(plain(), 'apollo')
      } finally {
        waiting.resolve(undefined)
        await Promise.all(held)
      }
    },
  },
  {
    name: 'counts that are not exact',
    regime: 'zhongshan',
    code: 'COUNTERS_UNAVAILABLE',
    lane: 'fast',
    async run(lanes) {
      // Held as a careless backup would.
      const held = new DatabaseSync(join(lanes.gateway.directory, 'data', 'state', 'counters.sqlite'))
      await lanes.once(photo, 'apollo')
      held.exec('BEGIN IMMEDIATE')
      try {
        await lanes.once(photo, 'apollo')
        return await lanes.pair(photo, 'fast')
      } finally {
        held.close()
        // It is tried again by the gateway's clock.
        lanes.pass()
        await well(lanes, photo)
      }
    },
  },
  {
    name: 'numbers tried out',
    regime: 'zhongshan',
    code: 'ENUMERATION_SUSPECTED',
    lane: 'fast',
    run(lanes) {
      const asking = persons(neighbours, 'HUR-0202')
      const facts = { department: AS_DESK.as.department, officer: 'HUR-0202', by: 'HUR-0001', reason: 'a mistake' }
      const restore = async (): Promise<unknown> => {
        const at = new Date(lanes.now()).toISOString()
        await appendOfficerEvent(officerEventsFile(lanes.gateway.config), { kind: 'OFFICER_RESTORED', ...facts, at })
        return well(lanes, persons([], 'HUR-0202'))
      }
      return lanes.pair(asking, 'apollo', { between: restore })
    },
  },
  {
    name: 'a disk that takes no record',
    regime: 'zhongshan',
    code: 'AUDIT_UNAVAILABLE',
    lane: 'unrecorded',
    async run(lanes) {
      const handle = await open(join(lanes.gateway.directory, 'any-file'), 'w')
      const files = Object.getPrototypeOf(handle) as FileHandle
      await handle.close()
      const again = async (): Promise<unknown> => {
        vi.restoreAllMocks()
        return well(lanes)
      }
      const broken = {
        'public-security': async (next: () => Promise<unknown>) => {
          vi.spyOn(files, 'datasync').mockRejectedValue(new Error('EIO'))
          return next()
        },
      }
      const between = async (): Promise<unknown> => {
        lanes.gateway.heal()
        await again()
        lanes.gateway.disturb('public-security', broken['public-security'])
        return undefined
      }
      const pair = await lanes.pair(plain(), 'fast', { trouble: { departments: broken }, between })
      await again()
      return pair
    },
  },
  {
    name: 'a grant without its agreement',
    regime: 'huizhou',
    code: 'AGREEMENT_MISSING',
    lane: 'fast',
    run: (lanes) =>
      lanes.pair(
        requestOf(
          { ...AS_DESK, stated: purpose('unsigned') },
          {
            query: PERSON.replace('household { registrationStatus }', 'socialInsurance { employerName }'),
            variables: { n: NUMBER },
          },
        ),
        'fast',
      ),
  },
  {
    // Where data is asked for and not copied.
    name: 'a page that would be a copy',
    regime: 'zhejiang',
    code: 'COPY_CONSENT_MISSING',
    lane: 'fast',
    run: (lanes) =>
      lanes.pair(
        requestOf(
          { ...AS_DESK, stated: purpose('district') },
          {
            query:
              'query ($f: LegalEntityFilter!) { legalEntities(filter: $f, first: 51) { nodes { enterprise { legalRepresentativeIdNumber } } } }',
            variables: { f: { divisionCode: DIVISIONS.own } },
          },
        ),
        'fast',
      ),
  },
]
