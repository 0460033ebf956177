import type { Random } from '../../city/random.ts'
import type { Asking } from './lanes-documents.ts'
import { PLAIN } from './lanes-kind.ts'
import type { Drawn, Kind } from './lanes-kind.ts'
import type { LaneRequest } from './lanes.ts'
import { AS_DESK, requestOf } from './lanes-world.ts'

/* What HTTP and JSON let a client do to one and the same question. */

function wire(name: string, change: (request: LaneRequest, asking: Asking, random: Random) => LaneRequest): Kind {
  return {
    name,
    draw(random): Drawn {
      const asking = random.pick(PLAIN)
      return { request: change(requestOf(AS_DESK, asking), asking, random) }
    },
  }
}

/** The same question under other headers; a content type of its own takes the place of the usual one. */
function headers(name: string, lists: readonly (readonly (readonly [string, string])[])[]): Kind {
  return wire(name, (request, _asking, random) => {
    const chosen = random.pick(lists)
    const own = chosen.some(([one]) => one === 'content-type')
    return { ...request, headers: [...request.headers.filter(([one]) => !own || one !== 'content-type'), ...chosen] }
  })
}

const each = (name: string, values: readonly string[]) => values.map((value) => [[name, value]] as const)

function bodies(name: string, write: (text: string, asking: Asking) => readonly (string | Uint8Array)[]): Kind {
  return wire(name, (request, asking, random) => {
    const text = typeof request.body === 'string' ? request.body : ''
    return { ...request, body: random.pick(write(text, asking)) }
  })
}

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((one) => (typeof one === 'string' ? Buffer.from(one) : Buffer.from(one))))
const quoted = (value: unknown): string => JSON.stringify(value) ?? 'null'

/** Further members, each before and behind the others. */
function beside(text: string, members: readonly string[]): readonly string[] {
  return members.flatMap((one) => [`{${one},${text.slice(1)}`, `${text.slice(0, -1)},${one}}`])
}

export const WIRE: readonly Kind[] = [
  headers(
    'accept: weights',
    each('accept', [
      'application/json;q=0, */*',
      'application/graphql-response+json;q=1, application/json;q=1',
      '*/*;q=0.1',
      'application/*',
      'application/json;q=2',
      'application/json;q=x',
      'application/json ; q=0.000',
      ' , ,',
      '',
      'APPLICATION/JSON',
    ]),
  ),
  headers(
    'accept: nothing of ours',
    each('accept', [
      'text/html',
      'image/*',
      'application/json;q=0',
      'multipart/mixed',
      'text/event-stream',
      'application',
      '*',
    ]),
  ),
  headers('accept: several', [
    [
      ['accept', 'text/html'],
      ['accept', 'application/json'],
    ],
    [
      ['accept', 'application/graphql-response+json'],
      ['accept', 'application/json;q=0.1'],
    ],
    [
      ['Accept', 'text/html'],
      ['ACCEPT', 'image/png'],
    ],
  ]),
  headers(
    'content type: parameters',
    each('content-type', [
      'application/json;charset=utf8',
      'application/json; charset="utf-8"',
      'application/json; a=b',
      'application/json;',
      'application/json;;charset=UTF-8',
      'application/json; charset=utf-8; charset=utf-8',
      ' application/json ',
    ]),
  ),
  headers(
    'content type: others',
    each('content-type', [
      'application/json; charset=gbk',
      'application/json; charset=utf-16',
      'application/json; charset=utf-8; charset=gbk',
      'text/plain',
      'application/graphql',
      'application/graphql+json',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      '',
      'json',
    ]),
  ),
  headers('content type: several', [
    [
      ['content-type', 'application/json'],
      ['content-type', 'text/plain'],
    ],
    [
      ['content-type', 'text/plain'],
      ['content-type', 'application/json'],
    ],
  ]),
  headers('content encoding', each('content-encoding', ['identity', 'gzip', 'br', ' Identity ', '', 'identity, gzip'])),
  headers(
    'languages',
    each('accept-language', ['', '*', 'en;q=0', 'en, zh', 'EN-us', 'x'.repeat(3_000), 'en;q=0.9,zh;q=0.95']),
  ),
  headers('what is stated', [
    [
      ['x-decisions', 'all'],
      ['x-decisions', 'none'],
    ],
    [['x-decisions', ' All ']],
    [['X-MATTER', '']],
    [
      ['x-forwarded-for', '1.2.3.4'],
      ['x-receipt', 'gx_0'],
    ],
    [['cookie', 'a=b']],
    [['if-none-match', '*']],
    [['range', 'bytes=0-1']],
  ]),
  wire('other methods', (request, _asking, random) => {
    const method = random.pick(['GET', 'PUT', 'HEAD', 'DELETE', 'PATCH', 'OPTIONS', 'QUERY'])
    return { ...request, method, body: method === 'GET' || method === 'HEAD' ? null : request.body }
  }),
  wire('a question in the address', (request, { query }, random) => {
    const text = encodeURIComponent(query)
    return {
      ...request,
      path: `/graphql?${random.pick([`query=${text}`, 'x=1', '', `query=${encodeURIComponent('{ __typename }')}&variables=%7B%7D`, '%', 'query=1&query=2'])}`,
    }
  }),
  wire('a question in the address alone', (request, { query }, random) => ({
    ...request,
    method: random.pick(['GET', 'POST']),
    path: `/graphql?query=${encodeURIComponent(query)}`,
    body: random.pick([null, '{}']),
  })),
  wire('in chunks', (request) => {
    const text = String(request.body)
    return { ...request, body: [text.slice(0, 7), text.slice(7, 40), text.slice(40)] }
  }),
  bodies('keys twice', (text, { query }) => [
    ...beside(text, [
      `"query":${quoted('{ nothing }')}`,
      '"variables":{"n":"x"}',
      '"operationName":"R"',
      '"variables":null',
      '"query":null',
      '"extensions":{},"extensions":"x"',
    ]),
    text.replace('"variables":{', '"variables":{"n":"110101199001011230",'),
    text.replace('"query":', '"qu\\u0065ry":"{ nothing }","query":'),
    `{"query":"{ nothing }","query":${quoted(query)},"variables":{"n":"442000199001011230"}}`,
  ]),
  bodies('byte-order marks', (text, { query }) => [
    bytes([0xef, 0xbb, 0xbf], text),
    bytes([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], text),
    bytes(text, [0xef, 0xbb, 0xbf]),
    Buffer.from(text, 'utf16le'),
    text.replace(quoted(query), quoted(`\ufeff${query}`)),
    text.replace(quoted(query), quoted(`${query}\ufeff`)),
  ]),
  bodies('bytes that are not UTF-8', (text) => [
    bytes(text.slice(0, -1), ',"x":"', [0xff], '"}'),
    bytes([0xc0, 0x80], text),
    bytes(text, [0xed, 0xa0, 0x80]),
    bytes(text.slice(0, 10), [0xe4, 0xb8]),
  ]),
  bodies('spelled otherwise', (text, { query }) => [
    text.replace('query', '\\u0071uery'),
    text.replace('__typename', '\\u005f_typename').replace('person', '\\u0070erson'),
    ` \n\t${text}\r\n `,
    text.replace(quoted(query), quoted(query.replaceAll(' ', '\n'))),
    text.replace(quoted(query), quoted(`${query}#\ud83d`)),
    text.replace(quoted(query), `${quoted(query).slice(0, -1)}#\\ud83d"`),
    text.replace(quoted(query), quoted(`${query}#\u0000`)),
    text.replace(quoted(query), quoted(`,,${query},,`)),
  ]),
  bodies('members beside', (text) =>
    beside(text, [
      '"extensions":null',
      '"extensions":{}',
      '"extensions":{"a":1}',
      '"extensions":[]',
      '"extensions":"x"',
      '"extensions":1',
      '"extensions":false',
      '"x":1',
      '"":null',
      '"id":"1"',
      '"Query":"{ a }"',
      '"hasOwnProperty":1',
      '"__proto__":null',
      '"__proto__":{"extensions":"x"}',
      '"constructor":{"prototype":{"query":1}}',
      '"toJSON":1',
    ]),
  ),
  bodies('names of operations', (text) =>
    beside(text.replace(/,"operationName":"Q"/, ''), [
      '"operationName":""',
      '"operationName":null',
      '"operationName":1',
      '"operationName":["Q"]',
      '"operationName":{}',
      '"operationName":false',
      '"operationName":"Q"',
      '"operationName":"q"',
      '"operationName":"Q\\n"',
      '"operationName":"Q\\u0000"',
    ]),
  ),
  {
    // The whole text is known by then: a name and the rest of it must not be taken for it.
    name: 'a name that holds a part of the text',
    draw(random) {
      const [one, other] = ['query A { __typename }', 'query B { kind: __typename }']
      const query = `${one}\n${other}`
      const operationName = random.pick([`A\n${one}`, `\n${one}`, `A${one}\n`, 'A\n'])
      return {
        before: [requestOf(AS_DESK, { query, operationName: 'A' }), requestOf(AS_DESK, { query: one })],
        request: requestOf(
          AS_DESK,
          random.pick([
            { query: other, operationName },
            { query: ' }', operationName: '\nquery A { __typename' },
          ]),
        ),
      }
    },
  },
  bodies('no object', (text) => [
    `[${text}]`,
    `[${text},${text}]`,
    '',
    ' ',
    'null',
    '""',
    '1',
    'true',
    '[]',
    '{}',
    quoted(text),
    '{"query"}',
    text.slice(0, -1),
    `${text}x`,
    `${text}${text}`,
  ]),
  bodies('a query that is none', (text, { query }) =>
    ['null', '1', 'true', '[]', '{}', `[${quoted(query)}]`, '{"kind":"Document"}', '""', '" "'].map((one) =>
      text.replace(quoted(query), one),
    ),
  ),
  bodies('deep bodies', (text) =>
    beside(text, [`"x":${'['.repeat(50)}${']'.repeat(50)}`, `"extensions":${'{"a":'.repeat(120)}1${'}'.repeat(120)}`]),
  ),
  bodies('too large', (text) => [`${text.slice(0, -1)},"x":"${'x'.repeat(1_100_000)}"}`]),
]
