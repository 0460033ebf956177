import { z } from 'zod'
import { path, secret, secretFile, webUrl } from './schema-parts.ts'

/** Settings of the alarms over the audit record; what each rule counts as unusual stands in a file of its own. */
export const alarms = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether patterns in the audit record raise alarms (FS-27).' }),
  rules: path(
    'File of the rules’ limits and exceptions (docs/alarms.md); read again when it changes. Default: as built in.',
  ),
  suspend: z.boolean().default(false).meta({
    description: 'Whether an alarm of certain rules suspends the officer (S13); which ones stands in `alarms.rules`.',
  }),
  webhook: z
    .strictObject({
      url: webUrl.optional().meta({ description: 'Where alarms are posted to as JSON, signed; nowhere where absent.' }),
      secret: secret('Secret of the signature, shared with the receiver.'),
      secretFile: secretFile('secret'),
      privateNetwork: z.boolean().default(false).meta({
        description: 'Whether that address may lie in a private network or on this machine, and be one without TLS.',
      }),
      authorities: path(
        "PEM file of the authorities that the receiver's certificate must come from. Default: Node's own.",
      ),
    })
    .prefault({}),
})
