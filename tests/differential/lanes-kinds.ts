import { numberOf } from '../kit/verify.ts'
import { FULL, kind, person, queries, variables } from './lanes-kind.ts'
import type { Kind } from './lanes-kind.ts'
import { CALLING, OWN } from './lanes-callers.ts'
import type { Trouble } from './lanes.ts'
import { AS_DESK, DIVISIONS, keysOf, NUMBER, purpose, requestOf } from './lanes-world.ts'

const LIST =
  'query ($f: LegalEntityFilter!, $first: Int) { legalEntities(filter: $f, first: $first) { nodes { enterprise { enterpriseName } } } }'

const DOCUMENTS: readonly Kind[] = [
  kind('unknown field', queries(person('nam'), person('name { x }'), '{ persn { name } }', person('household'))),
  kind(
    'values that do not fit',
    queries(
      '{ person(idDocumentType: X, idDocumentNumber: "1") { name } }',
      '{ person { name } }',
      '{ legalEntities(first: "1") { endCursor } }',
    ),
  ),
  kind(
    'variables that do not fit',
    queries(
      person('name', ' $unused: Int'),
      'query ($n: Int!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }',
      '{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }',
    ),
  ),
  kind(
    'syntax',
    queries(
      '{',
      '{ person(',
      'query { }',
      '}',
      '{ a } }',
      '{ "x" }',
      '\u0000',
      'query Q { __typename } #\ud800 }',
      '{ name(x: 1e400) ',
    ),
  ),
  kind('nothing to run', queries('', ' ', '# only a comment', 'fragment F on Person { name }')),
  kind('an operation that there is not', [
    { query: FULL, variables, operationName: 'P' },
    { query: FULL, variables, operationName: '' },
    { query: '{ __typename }', operationName: '' },
    { query: '{ __typename }', operationName: 'Q' },
    { query: 'query A { __typename } query B { __typename }' },
    { query: 'query A { __typename } query B { __typename }', operationName: null },
    { query: 'query A { __typename } query B { __typename }', operationName: '__proto__' },
    { query: 'subscription { x }' },
  ]),
  kind(
    'too deep',
    queries(
      `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") ${'{ birth { mother '.repeat(7)}{ name } ${'} }'.repeat(7)} }`,
    ),
  ),
  kind('too many aliases', queries(person(Array.from({ length: 61 }, (_one, at) => `a${at}: name`).join(' ')))),
  kind('too many tokens', queries(person('name '.repeat(4_100)))),
  kind('too many root fields', queries(`{ ${'__typename '.repeat(21)} }`)),
  kind('too many subjects', [
    { query: 'query ($k: [PersonKeyInput!]!) { persons(keys: $k) { name } }', variables: { k: keysOf(101) } },
  ]),
  kind(
    'too long a page',
    [51, 10_000].map((first) => ({ query: LIST, variables: { f: { divisionCode: DIVISIONS.own }, first } })),
    {
      ...AS_DESK,
      stated: purpose('district'),
    },
  ),
  kind('a filter that tells', [{ query: LIST, variables: { f: { divisionCode: DIVISIONS.own } } }], {
    ...AS_DESK,
    stated: purpose('firm-names'),
  }),
  kind(
    'outside of what the grant is for',
    [
      {
        query:
          'query ($f: LegalEntityFilter!) { legalEntities(filter: $f) { nodes { enterprise { legalRepresentativeIdNumber } } } }',
        variables: { f: { divisionCode: DIVISIONS.foreign } },
      },
    ],
    { ...AS_DESK, stated: purpose('district') },
  ),
  kind(
    'a number that cannot be',
    ['110101199001011230', '', 'x', '１１０'].map((n) => ({ query: FULL, variables: { n } })),
  ),
]

const VALUES: readonly Kind[] = [
  kind('missing values', [
    { query: FULL },
    { query: FULL, variables: {} },
    { query: FULL, variables: null },
    { query: FULL, variables: { n: null } },
    { query: FULL, variables: { N: NUMBER } },
  ]),
  kind(
    'values of other types',
    [5, true, [NUMBER], { n: NUMBER }, [], {}].map((n) => ({ query: FULL, variables: { n } })),
  ),
  kind('values that nobody declared', [
    { query: FULL, variables: { ...variables, extra: 1, [`${'k'.repeat(3_000)}`]: {} } },
  ]),
  kind(
    'variables that are none',
    ['', 'n', [], [NUMBER], 1, true, 0, false].flatMap((given) => [
      { query: '{ __typename }', variables: given },
      { query: FULL, variables: given },
    ]),
  ),
  kind('names of every object', [
    `{"query":${JSON.stringify(FULL)},"variables":{"n":"${NUMBER}","__proto__":{"n":"x"},"constructor":1}}`,
    `{"query":${JSON.stringify(FULL)},"variables":{"__proto__":{"n":"${NUMBER}"}}}`,
    `{"query":${JSON.stringify(FULL)},"__proto__":{"variables":{"n":"${NUMBER}"}}}`,
    `{"__proto__":{"query":"{ __typename }"},"variables":{}}`,
    `{"query":"query ($constructor: Boolean = true) { __typename @include(if: $constructor) }"}`,
    `{"query":"query ($toString: Boolean!) { __typename @include(if: $toString) }","variables":{}}`,
    `{"query":"{ __typename }","operationName":"constructor"}`,
  ]),
  kind(
    'numbers at the edge',
    ['1e400', '-0', '-1e400', '2147483648', '1.5', '1.0', '0.1e1', '9007199254740993', '1E0'].map(
      (first) => `{"query":${JSON.stringify(LIST)},"variables":{"f":{"divisionCode":"442000"},"first":${first}}}`,
    ),
    { ...AS_DESK, stated: purpose('district') },
  ),
  kind('very long values', [
    { query: FULL, variables: { n: '1'.repeat(200_000) } },
    { query: `${FULL}${' '.repeat(100_000)}`, variables },
    { query: `#${'长'.repeat(50_000)}\n${FULL}`, variables },
  ]),
]

const failing = (department: string, how: NonNullable<Trouble['departments']>[string]): Trouble => ({
  departments: { [department]: how },
})
const INSURANCE = 'human-resources-social-security'
const TROUBLES: readonly (readonly [string, Trouble])[] = [
  ['fails', failing(INSURANCE, () => Promise.reject(new Error('gone')))],
  [
    'fails at once',
    failing('public-security', () => {
      throw new Error('gone')
    }),
  ],
  ['answers nothing', failing(INSURANCE, () => Promise.resolve({ data: null, sources: [] }))],
  [
    'answers with an error',
    failing(INSURANCE, () =>
      Promise.resolve({ data: null, errors: [{ message: 'secret text', path: ['_entities', 0] }], sources: [] }),
    ),
  ],
  [
    'answers in part',
    failing('public-security', async (next) => ({
      ...(await next()),
      errors: [{ message: 'x', path: ['_entities', 0, 'name'] }],
    })),
  ],
  ['gives too few', failing('public-security', () => Promise.resolve({ data: { _entities: [] }, sources: [] }))],
  [
    'gives other types',
    failing('public-security', () =>
      Promise.resolve({
        data: { _entities: [{ __typename: 'Person', name: { first: 'x' }, household: 5 }] },
        sources: [],
      }),
    ),
  ],
  ['gives what is no answer', failing('public-security', () => Promise.resolve('<html>'))],
  [
    'gives names of every object',
    failing('public-security', () =>
      Promise.resolve({
        data: JSON.parse(
          '{"_entities":[{"__typename":"Person","__proto__":{"name":"x"},"name":"\\u2028\\ud800"}]}',
        ) as unknown,
        sources: [],
      }),
    ),
  ],
  [
    'lies about its time',
    failing('public-security', async (next) => ({
      ...(await next()),
      sources: [{ type: 'HouseholdRegistration', asOf: 'yesterday' }],
    })),
  ],
]

const AROUND: readonly Kind[] = [
  ...TROUBLES.map(([what, trouble]) =>
    kind(`a department ${what}`, [{ query: FULL, variables }], AS_DESK, { trouble }),
  ),
  kind(
    'no record',
    [
      { query: FULL, variables },
      { query: FULL, variables: {} },
    ],
    AS_DESK,
    { trouble: { broken: 'record' } },
  ),
  kind('a slip inside', [{ query: FULL, variables }], AS_DESK, { trouble: { broken: 'inside' } }),
  ...['ended', 'withdrawn', 'unsigned'].map((code) =>
    kind(`a grant that is ${code}`, [{ query: FULL, variables }], { ...AS_DESK, stated: purpose(code) }),
  ),
  kind(
    'a grant that is used up',
    [{ query: FULL, variables }],
    { ...AS_DESK, stated: purpose('few') },
    {
      before: [
        requestOf({ ...AS_DESK, stated: purpose('few') }, { query: FULL, variables: { n: numberOf('student') } }),
      ],
    },
  ),
]

/** Every kind of request that something is wrong with, or that is the gateway's own to answer. */
export const KINDS: readonly Kind[] = [...DOCUMENTS, ...VALUES, ...AROUND, ...CALLING, ...OWN]
