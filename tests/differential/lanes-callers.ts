import { documentHash } from '../../gateway/request/registered-operation.ts'
import { ADOPTION, CERTIFICATE, VERIFY, claim, numberOf, personKey } from '../kit/verify.ts'
import { FULL, kind, person, queries, variables } from './lanes-kind.ts'
import type { Kind } from './lanes-kind.ts'
import { AS_DESK, AS_SCHOOL, AS_SERVICE, NUMBER, purpose, requestOf, usualHeaders } from './lanes-world.ts'
import type { Standing } from './lanes-world.ts'

const REGISTERED = person('name household { registrationStatus householdTownship }')
/** Callers, and what they may run. */
export const CALLING: readonly Kind[] = [
  standing('a suspended officer', { ...AS_DESK, as: { ...AS_DESK.as, officer: 'HUR-0999' } }),
  standing('a department that nobody knows', { ...AS_DESK, as: { ...AS_DESK.as, department: 'nobody' } }),
  standing("another's application", { ...AS_DESK, as: { ...AS_DESK.as, application: 'tax-desk' } }),
  standing('nobody named', { ...AS_DESK, as: { ...AS_DESK.as, officer: '' } }),
  standing('no purpose', { ...AS_DESK, stated: [] }),
  standing('an emergency that is none', { ...AS_DESK, stated: [...AS_DESK.stated, ['x-emergency', 'E-NONE']] }),
  kind(
    'an emergency that does not hold',
    queries(person('name residencePermit { residencePoliceStation residenceAddressDetail }')),
    {
      as: { ...AS_DESK.as, department: 'public-security', application: 'command-centre', officer: 'PS-0107' },
      stated: [...purpose('missing-person-search'), ['x-emergency', 'E-NONE']],
    },
  ),
  kind(
    'what is for others, or for nobody',
    queries(person('name death { placeOfDeath physicianSignature deathDate }')),
    { ...AS_DESK, stated: purpose('deaths') },
  ),
  standing('a purpose twice', { ...AS_DESK, stated: [...AS_DESK.stated, ...AS_DESK.stated] }),
  standing('a purpose that is no code', { ...AS_DESK, stated: purpose('\u00e9 no code') }),
  standing('a case of another', { ...AS_DESK, stated: purpose('public-rental-housing', 'BLC-2026-0001') }),
  {
    name: 'no token, or one that does not hold',
    draw(random) {
      const request = requestOf(AS_DESK, { query: FULL, variables }, usualHeaders(random))
      const { as } = AS_DESK
      return {
        request: random.pick([
          { ...request, as: null },
          { ...request, as, ttl: -3_600 },
          { ...request, as: 'Bearer a.b.c' },
          { ...request, as: 'Basic eDp5' },
        ]),
      }
    },
  },
  kind(
    'what is not registered',
    [{ query: FULL, variables }, { documentId: 'desk-person' }, { query: '{ __typename }' }, {}],
    AS_SERVICE,
  ),
  kind(
    'what is registered',
    [
      { documentId: 'tax-firm', variables: { code: '91442000MA4UQ00013' } },
      { documentId: 'tax-firms-of-division', variables: { division: '442000', first: 2 } },
    ],
    AS_SERVICE,
  ),
  kind('by id or hash', [
    { documentId: 'desk-person', variables: { number: NUMBER } },
    { documentId: 'desk-person', operationName: 'Desk', variables: { number: NUMBER } },
    { documentId: 'no-such', variables },
    { documentId: `sha256:${documentHash(REGISTERED)}`, query: REGISTERED, variables },
    { documentId: `sha256:${documentHash(FULL)}`, query: REGISTERED, variables },
    { documentId: null, query: REGISTERED, variables },
    {
      query: REGISTERED,
      variables,
      extensions: { persistedQuery: { version: 1, sha256Hash: documentHash(REGISTERED) } },
    },
    { extensions: { persistedQuery: { version: 1, sha256Hash: documentHash(REGISTERED) } } },
    { query: REGISTERED, variables, extensions: { persistedQuery: { version: 2, sha256Hash: 'x' } } },
  ]),
]

function standing(name: string, who: Standing): Kind {
  return kind(
    name,
    [
      { query: FULL, variables },
      { query: FULL, variables: {} },
    ],
    who,
  )
}

const TYPENAME = '{ __schema { queryType { name } } __typename }'
const verification = (claimed: string, more: object = {}, coordinate = ADOPTION) => ({
  query: VERIFY,
  variables: {
    input: { rows: [{ person: personKey(numberOf('student')), items: [claim(coordinate, claimed)] }], ...more },
  },
})

/** What the gateway answers of itself. */
export const OWN: readonly Kind[] = [
  kind('introspection', queries(TYPENAME, '{ __type(name: "Person") { fields { name } } }', '{ __typename }')),
  kind('introspection beside data', [
    { query: person('name').replace('{ person', '{ __schema { queryType { name } } person'), variables },
  ]),
  kind('explain', [
    {
      query:
        'query ($d: String!) { explain(document: $d) { matter decisions { coordinate decision code } filtersRefused } }',
      variables: { d: FULL },
    },
    { query: 'query ($d: String!) { explain(document: $d) { matter } }', variables: { d: '{ nothing }' } },
    { query: 'query ($d: String!) { __typename explain(document: $d) { matter } }', variables: { d: '{' } },
  ]),
  kind("explain in another's place", [
    {
      query:
        'query ($d: String!) { explain(document: $d, as: { department: "tax", application: "tax-desk" }) { matter } }',
      variables: { d: FULL },
    },
  ]),
  kind(
    'a receipt',
    ['', 'x', 'a.b.c'].map((token) => ({
      query: 'query ($t: String!) { receipt(token: $t) { receipt } }',
      variables: { t: token },
    })),
  ),
  kind('desk check', [
    {
      query:
        'query ($p: PersonKeyInput) { deskCheck(person: $p) { matter materials { code status items { coordinate status values } } } }',
      variables: { p: personKey(NUMBER) },
    },
    {
      query: 'query ($p: PersonKeyInput) { deskCheck(person: $p) { matter } }',
      variables: { p: { idDocumentType: 'RESIDENT_ID' } },
    },
    {
      query:
        'query ($p: PersonKeyInput) { deskCheck(person: $p) { matter } __typename person(idDocumentType: RESIDENT_ID, idDocumentNumber: "x") { name } }',
      variables: { p: personKey(NUMBER) },
    },
  ]),
  kind(
    'verification',
    [
      verification(CERTIFICATE),
      verification('wrong'),
      verification(CERTIFICATE, {}, 'Person.nothing'),
      { ...verification(''), variables: { input: {} } },
      { ...verification(''), variables: { input: { rows: [] } } },
    ],
    AS_SCHOOL,
  ),
  kind(
    'verification of what the matter does not need',
    [verification('张', {}, 'Person.name'), verification('1', {}, 'HouseholdRegistration.householdTownship')],
    AS_SCHOOL,
  ),
  kind(
    'verification of what can be guessed',
    [verification('ENROLLED', {}, 'SocialInsuranceEnrolment.enrolmentStatus')],
    { ...AS_DESK, stated: purpose('guesses') },
  ),
  kind(
    'several rows',
    [
      {
        query: VERIFY,
        variables: {
          input: {
            rows: ['student', 'allThree'].map((one) => ({
              person: personKey(numberOf(one as 'student')),
              items: [claim(ADOPTION, 'x')],
            })),
          },
        },
      },
    ],
    AS_SCHOOL,
  ),
  kind(
    'verification under a key in use',
    [verification('wrong', { idempotencyKey: 'key-1-of-the-lanes' })],
    AS_SCHOOL,
    {
      before: [requestOf(AS_SCHOOL, verification(CERTIFICATE, { idempotencyKey: 'key-1-of-the-lanes' }))],
    },
  ),
  kind('verification once more', [verification(CERTIFICATE, { idempotencyKey: 'key-2-of-the-lanes' })], AS_SCHOOL, {
    before: [requestOf(AS_SCHOOL, verification(CERTIFICATE, { idempotencyKey: 'key-2-of-the-lanes' }))],
  }),
]
