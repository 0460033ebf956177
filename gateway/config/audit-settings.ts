import { z } from 'zod'
import { count, milliseconds, path, secret, secretFile, webUrl } from './schema-parts.ts'

/** A second place over HTTP: whoever holds it may see checkpoints, which name no person and no operation. */
const httpAnchor = z
  .strictObject({
    url: webUrl.optional().meta({ description: 'Address below which each checkpoint is PUT as `<chain>/<size>`.' }),
    bearer: secret('Token that the second place takes (RFC 6750).'),
    bearerFile: secretFile('bearer'),
    hmacKey: secret('Key that requests are signed with (HMAC-SHA-256), where the second place checks that.'),
    hmacKeyFile: secretFile('hmacKey'),
  })
  .prefault({})

const objectStore = z
  .strictObject({
    endpoint: webUrl.optional().meta({ description: 'Address of an object store of the S3 kind, without the bucket.' }),
    bucket: z.string().min(1).optional().meta({ description: 'Bucket; with object lock nobody can take back.' }),
    region: z.string().min(1).default('us-east-1').meta({ description: 'Region that requests are signed for.' }),
    prefix: z
      .string()
      .regex(/^[A-Za-z0-9._/-]*$/)
      .default('')
      .meta({ description: 'Put before the name of each object.' }),
    accessKeyId: z.string().min(1).optional().meta({ description: 'Access key.' }),
    secretAccessKey: secret('Its secret.'),
    secretAccessKeyFile: secretFile('secretAccessKey'),
  })
  .prefault({})

/** Second places, each in the hands of others than the gateway's (HZ-47): a checkpoint there cannot be taken back here. */
const anchors = z
  .strictObject({
    folder: path('Second place for checkpoints: a folder in the hands of others, such as a mounted share.'),
    http: httpAnchor,
    objectStore,
    everyMs: milliseconds(60_000, 'A checkpoint at most every so many milliseconds to each second place.'),
    lateMs: milliseconds(600_000, 'A second place that has confirmed nothing for so long is reported.'),
  })
  .prefault({})

/** Settings of the audit record and of the second places that its checkpoints are sent to. */
export const audit = z.strictObject({
  directory: z.string().min(1).optional().meta({
    description: 'Folder of the audit record. Default: `audit` in `dataDirectory`; production must state it.',
    'x-path': 'working',
  }),
  segmentBytes: z.int().min(262_144).max(1_073_741_824).default(67_108_864).meta({
    description: 'Size of one segment, reserved on disk ahead, in bytes.',
  }),
  headEveryRecords: count(1_000, 'A signed head at least every so many records.'),
  headEveryMs: milliseconds(60_000, 'A signed head at least every so many milliseconds, where records were written.'),
  replica: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, { error: 'expected lower-case letters, digits and hyphens, 32 at most' })
    .default('gateway')
    .meta({
      description:
        'Name of this replica in the audit record: of its chain, or `<name>-1` … where several processes each have one. Replicas of one city have names of their own.',
    }),
  suite: z.enum(['international', 'sm']).default('international').meta({
    description:
      'What the record is chained and signed with: SHA-256 and Ed25519, or SM3 and SM2 (HZ-47); a change holds from the next segment on.',
  }),
  group: z
    .string()
    .regex(/^([a-z_][a-z0-9_-]{0,31}|\d{1,10})$/, {
      error: 'expected the name of a group of this machine, or its number',
    })
    .optional()
    .meta({
      description:
        'Group of this machine whose members may read the audit record, and nothing else of the gateway (ZS-6.04); the gateway’s own account is to be a member. Default: none but the gateway’s account reads it.',
    }),
  anchors,
})
