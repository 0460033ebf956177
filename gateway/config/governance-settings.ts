import { z } from 'zod'
import { secret, secretFile } from './schema-parts.ts'

/** Settings of the governance store: the audit index and the alarms. */
export const governance = z.strictObject({
  databaseUrl: secret(
    'PostgreSQL database of the governance store (audit index, alarms), which several machines may share. Default: an SQLite file in `dataDirectory`.',
  ),
  databaseUrlFile: secretFile('databaseUrl'),
  databaseSchema: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, { error: 'expected the name of a schema in lower-case letters' })
    .default('governance')
    .meta({ description: 'Schema of its tables.' }),
})
