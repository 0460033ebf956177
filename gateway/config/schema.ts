import { z } from 'zod'
import { MASK_SETS } from '../vocabulary/decision.ts'
import { audit } from './audit-settings.ts'
import { alarms } from './alarm-settings.ts'
import { governance } from './governance-settings.ts'
import { count, milliseconds, path, port, register, secret, secretFile, webUrl } from './schema-parts.ts'

/*
 * The one definition of the configuration: types, limits, defaults and texts. The JSON Schema, the names of the
 * environment variables and docs/config.md are all derived from it.
 */

const http = z.strictObject({
  host: z.string().min(1).optional().meta({
    description: 'Address to listen on. Default: 127.0.0.1 in the embedded mode, 0.0.0.0 in production.',
    'x-env': 'GONGXIANG_HOST',
  }),
  port: port.default(4000).meta({ description: 'Port to listen on; 0 takes a free one.', 'x-env': 'GONGXIANG_PORT' }),
  bodyLimitBytes: count(1_048_576, 'Largest request body, in bytes.', 67_108_864),
  requestTimeoutMs: milliseconds(30_000, 'Longest time for one request, in milliseconds.'),
  drainMs: milliseconds(10_000, 'How long running requests may take to finish at a stop, in milliseconds.'),
})

const identity = z.strictObject({
  issuer: z.string().min(1).default('https://gongxiang.example/embedded').meta({
    description: 'Claim `iss` that tokens must carry; production must state it.',
  }),
  audience: z.string().min(1).default('gongxiang').meta({ description: 'Claim `aud` that tokens must carry.' }),
  jwks: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "The identity provider's public keys (RFC 7517): a file, read again when it changes, or an http(s) address. " +
        'Default in the embedded mode: the development key.',
      'x-path': 'working',
    }),
  clockToleranceSeconds: z.int().min(0).max(300).default(30).meta({
    description: 'How far the clocks of the issuer and of the gateway may differ, in seconds.',
  }),
})

const registers = z.strictObject({
  parties: register('parties', 'Departments and their applications (ZS-1.06).'),
  matters: register('matters', 'Matters (事项) of each department, with their minimal field sets.'),
  cases: register('cases', 'Cases (办件) of the matters.'),
  grants: register('grants', 'Grants: who may learn what, for which matter, until when.'),
  operations: register('operations', 'Registered operations: the documents of each application for each matter.'),
  disclosure: register('disclosure', 'Delayed release: what reports to citizens leave out, why, and until when.'),
})

/** Settings of one department; which of them fit together is checked in departments.ts. */
export const department = z.strictObject({
  kind: z.enum(['embedded', 'http']).optional().meta({
    description:
      '`embedded` runs the subgraph inside the gateway, `http` calls it. Default: `http` where `url` is given.',
  }),
  url: webUrl.optional().meta({ description: '`http` only: address of the running subgraph.' }),
  databaseUrl: secret(
    "`embedded` only: address of the existing system's database; its scheme names the kind of server.",
  ),
  databaseUrlFile: secretFile('databaseUrl'),
  databaseSchema: z
    .string()
    .regex(/^[A-Za-z_][\w$]{0,62}$/, { error: 'expected the name of a schema' })
    .optional()
    .meta({ description: '`embedded` only: schema that the tables of `databaseUrl` are in.' }),
  apiUrl: webUrl.optional().meta({ description: '`embedded` only: address of the existing REST system.' }),
  apiKey: secret('`embedded` only: key for `apiUrl`.'),
  apiKeyFile: secretFile('apiKey'),
  soapUrl: webUrl.optional().meta({ description: '`embedded` only: address of the existing SOAP service.' }),
  soapUser: z.string().min(1).max(128).optional().meta({
    description: '`embedded` only: user of `soapUrl` (WS-Security username token).',
  }),
  soapPassword: secret('`embedded` only: password of `soapUser`.'),
  soapPasswordFile: secretFile('soapPassword'),
  directory: path('`embedded` only: folder of the files of the existing system: those it drops, or its SQLite file.'),
  workDirectory: path(
    '`embedded` only: folder for versions of dropped files and reports on bad ones. Default: a temporary one.',
  ),
  concurrency: count(32, 'Most calls that this department is asked at once; further ones wait in a short line.', 1_000),
  timeoutMs: milliseconds(5_000, 'Longest time that this department may take for one call, in milliseconds.'),
})
export type DepartmentSettings = z.output<typeof department>

const limits = z.strictObject({
  depth: count(12, 'Deepest nesting of a document.', 100),
  aliases: count(60, 'Most aliases in a document.', 10_000),
  tokens: count(4_000, 'Most lexical tokens in a document.', 100_000),
  rootFields: count(20, 'Most root fields of an operation.', 1_000),
  pageSize: count(50, 'Most rows of one page (argument `first`).', 1_000),
  // A page of firms and their representatives.
  subjectsPerOperation: count(100, 'Most different persons and firms that one operation asks about or reaches.', 500),
  subjectsPerCase: count(20, 'Most different persons and firms that are asked about or reached in one case.', 10_000),
  subjectsPerOfficerHour: count(200, 'Most different persons and firms of one officer in an hour.'),
  subjectsPerOfficerDay: count(500, 'Most different persons and firms of one officer in a calendar day (UTC+8).'),
  subjectsPerApplicationHour: count(5_000, 'Most different persons and firms of one application in an hour.'),
  subjectsPerDepartmentDay: count(
    20_000,
    'Most different persons and firms of one department in a calendar day (UTC+8).',
  ),
  neighboursPerOfficer: count(
    5,
    'Most resident numbers of one division and birth date (the same first 14 characters) that one officer asks about in a calendar day.',
  ),
  neighboursPerApplication: count(15, 'The same, of one application with all its officers.'),
  neighboursPerDepartment: count(30, 'The same, of one department with all its applications.'),
  missSubjects: count(
    20,
    'From how many different subjects of one officer in an hour on misses are looked at; of an application three, of a department six times as many.',
  ),
  missPercent: count(
    60,
    'Of these, the percentage for whom nothing at all may be found; beyond it the officer is suspended. 100 looks at none.',
    100,
  ),
  planMs: milliseconds(5_000, 'Longest time that one document may take to plan; beyond, LIMIT_EXCEEDED.'),
  planMegabytes: z.int().min(64).max(16_384).default(256).meta({
    description: 'Most memory of the thread that plans, in megabytes; a document that needs more is refused.',
  }),
  planWaiting: count(100, 'Most documents of one department that wait to be planned; beyond, OVERLOADED.', 10_000),
  inFlight: count(1_000, 'Most requests that the process works on at once; beyond, OVERLOADED.', 100_000),
  officerPerMinute: count(1_200, 'Most requests of one officer in one application in a minute.'),
  applicationPerMinute: count(60_000, 'Most requests of one application in a minute.'),
  departmentPerMinute: count(200_000, 'Most requests of one department in a minute.'),
  strangerPerMinute: count(60, 'Most refusals of one address in a minute, where nobody is known.'),
})

const verification = z.strictObject({
  gridMs: z
    .int()
    .min(0)
    .max(10_000)
    .default(250)
    .meta({
      description:
        'Answers to verifications leave at multiples of so many milliseconds after the request came, so that their time ' +
        'tells nothing; longer than sources usually take. 0 switches it off.',
    }),
  attemptsPerCase: count(3, 'Most attempts of one officer at one item of one subject in one case.', 1_000),
  attemptsPerDepartment: count(10, 'Most attempts of one department at one item of one subject in 90 days.', 10_000),
  attemptsPerOfficerDay: count(300, 'Most attempts of one officer in a calendar day (UTC+8).'),
})

const statistics = z.strictObject({
  tablesPerOfficer: count(4, 'Most different tables of one register that one officer asks for in 90 days.', 1_000),
  tablesPerDepartment: count(
    6,
    'Most different tables of one register that one department asks for in 90 days.',
    1_000,
  ),
})

const freshness = z.strictObject({
  realtimeMinutes: count(
    1_440,
    'Age from which a real-time source is noted as late; nothing is refused for it.',
    525_600,
  ),
})

const redis = z.strictObject({
  url: z
    .url({ protocol: /^rediss?$/, error: 'expected a redis or rediss address' })
    .optional()
    .meta({
      description:
        'Shared counters, and the shared cache where `cache.redis` names none; in one process alone where absent.',
      'x-secret': true,
    }),
  urlFile: secretFile('url'),
})

const metrics = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').meta({
    description: 'Address that metrics and health are served on for operators; nothing there asks for a token.',
  }),
  port: port.optional().meta({
    description: 'Port of that address; 0 takes a free one. Nothing is counted or served there where it is absent.',
  }),
})

const tracing = z.strictObject({
  endpoint: webUrl.optional().meta({
    description:
      'Where spans go (OTLP/HTTP, such as `http://127.0.0.1:4318/v1/traces`); none are made where it is absent.',
  }),
  samplesPerThousand: z.int().min(0).max(1_000).default(10).meta({
    description: 'Of a thousand requests that bring no trace of their own, so many begin one.',
  }),
})

const nodes = z.string().regex(/^([\w.-]+|\[[\da-f:.]+\]):\d{1,5}(,([\w.-]+|\[[\da-f:.]+\]):\d{1,5})*$/i, {
  error: 'expected host:port, several with commas between',
})

const cacheRedis = z.strictObject({
  url: z
    .url({ protocol: /^rediss?$/, error: 'expected a redis or rediss address' })
    .optional()
    .meta({
      description:
        'Redis of the cache alone: it may throw out what is oldest, which that of the counters must not. Default: `redis.url`.',
      'x-secret': true,
    }),
  urlFile: secretFile('url'),
  kind: z
    .enum(['single', 'sentinel', 'cluster'])
    .default('single')
    .meta({ description: '`sentinel`: the address is that of a Sentinel; `cluster`: of a node.' }),
  nodes: nodes
    .optional()
    .meta({ description: 'Further Sentinels or nodes: `host:port`, several with commas between.' }),
  master: z
    .string()
    .regex(/^[\w.-]+$/, { error: 'expected a name' })
    .default('mymaster')
    .meta({ description: '`sentinel` only: name under which the Sentinels watch the master.' }),
  sentinelPassword: secret('`sentinel` only: password of the Sentinels, where they have one.'),
  sentinelPasswordFile: secretFile('sentinelPassword'),
})

const cache = z.strictObject({
  enabled: z.boolean().default(true).meta({
    description: 'Whether answers of departments are kept for a moment (ZJ-23.2); docs/cache.md.',
  }),
  maxTtlSeconds: count(300, 'Longest life of what is kept; never longer than its declared update cycle.', 86_400),
  realtimeTtlSeconds: z.int().min(0).max(60).default(5).meta({
    description: 'Longest life of what its source keeps up in real time (ZS-3.07); 0 keeps none of it.',
  }),
  memoryEntries: z.int().min(0).max(1_000_000).default(10_000).meta({
    description: 'Entities that each process keeps for itself, in front of Redis; 0 keeps none there.',
  }),
  memoryBytes: count(16_777_216, 'Bytes that these may take.', 1_073_741_824),
  commandTimeoutMs: milliseconds(50, 'How long a look into Redis may take; longer, the department is asked.'),
  redis: cacheRedis.prefault({}),
})

const pem = (description: string) => z.string().min(1).optional().meta({ description, 'x-path': 'working' })

/** Certificates of one side of a connection on which both show theirs; the first three together, or none. */
const certificates = {
  certificate: pem(
    'PEM file of the own certificate, with the intermediate ones behind it; read again when it changes.',
  ),
  key: pem('PEM file of its private key.'),
  authorities: pem("PEM file of the authorities that the other side's certificate must come from."),
  revocations: pem('PEM file of what these have withdrawn (RFC 5280); an overdue list refuses everybody.'),
}

const departmentTls = z.strictObject(certificates)

const subgraphTls = z.strictObject({
  ...certificates,
  gatewayName: z
    .string()
    .min(1)
    .max(253)
    .default('gongxiang-gateway')
    .meta({ description: "Name (subject alternative name) that the gateway's certificate must have." }),
})

const subgraph = z.strictObject({
  department: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, { error: 'expected a department code' })
    .optional()
    .meta({ description: 'Department that `subgraph serve` serves, where the command names none.' }),
  tls: subgraphTls.prefault({}),
  host: z.string().min(1).default('127.0.0.1').meta({ description: 'Address that `subgraph serve` listens on.' }),
  port: port.default(4100).meta({ description: 'Port that `subgraph serve` listens on; 0 takes a free one.' }),
  gatewayJwks: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "The gateway's public keys for its call context, a file, read again when it changes. Default: those of the keys in " +
        '`dataDirectory`.',
      'x-path': 'working',
    }),
})

export const definition = z
  .strictObject({
    mode: z.enum(['embedded', 'production']).default('embedded').meta({
      description:
        '`embedded`: everything in one process, synthetic citizens, development keys. `production`: none of these.',
    }),
    regime: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, { error: 'expected the name of a file in schema/regimes' })
      .default('zhongshan')
      .meta({ description: 'Sharing regulation in force: the name of a file in `schema/regimes`.' }),
    dataDirectory: z.string().min(1).default('.gongxiang').meta({
      description: 'Folder for what the gateway keeps: keys, audit record, events, embedded city.',
      'x-path': 'working',
    }),
    schemaDirectory: z.string().min(1).default('schema').meta({
      description: 'Folder of the regimes and of the composed supergraph and catalogue.',
      'x-path': 'installation',
    }),
    http: http.prefault({}),
    identity: identity.prefault({}),
    registers: registers.prefault({}),
    departments: z
      .record(z.string().regex(/^[a-z][a-z0-9-]*$/, { error: 'expected a department code' }), department)
      .default({})
      .meta({
        description: 'Departments by code. The embedded mode runs every department that is not named by itself.',
      }),
    departmentTls: departmentTls.prefault({}),
    subgraph: subgraph.prefault({}),
    city: z
      .strictObject({
        people: count(2_000, 'Synthetic citizens of the embedded city.', 10_000_000),
        seed: z.int().min(0).max(4_294_967_295).default(1).meta({ description: 'Same seed, same city.' }),
      })
      .prefault({}),
    audit: audit.prefault({}),
    governance: governance.prefault({}),
    alarms: alarms.prefault({}),
    log: z
      .strictObject({
        level: z.enum(['silent', 'error', 'warn', 'info', 'debug', 'trace']).default('info').meta({
          description: 'Least weight that is logged; no level logs personal data.',
        }),
        pretty: z
          .boolean()
          .optional()
          .meta({ description: 'Lines for people. Default: true on a terminal, else JSON.' }),
      })
      .prefault({}),
    graphiql: z
      .strictObject({
        enabled: z.boolean().optional().meta({
          description: 'Serves GraphiQL at /graphiql. Default: true in the embedded mode, false in production.',
        }),
      })
      .prefault({}),
    masking: z
      .strictObject({
        ruleSet: z
          .enum(MASK_SETS)
          .default('strict')
          .meta({
            description:
              'How masked values look (docs/masking.md). `strict` shows least; `hutool` has the formats that departments ' +
              'know from that library, without its gaps.',
          }),
      })
      .prefault({}),
    verification: verification.prefault({}),
    limits: limits.prefault({}),
    statistics: statistics.prefault({}),
    freshness: freshness.prefault({}),
    redis: redis.prefault({}),
    cache: cache.prefault({}),
    processes: count(
      1,
      'Gateway processes behind the one port, each with an audit chain of its own; more than one on Linux and FreeBSD alone.',
      64,
    ),
    metrics: metrics.prefault({}),
    tracing: tracing.prefault({}),
  })
  .meta({ title: 'Gongxiang configuration', description: 'The file gongxiang.yaml.' })

export type Parsed = z.output<typeof definition>
