import { configJsonSchema, SETTINGS } from './settings.ts'
import type { Setting } from './settings.ts'

const INTRODUCTION = `# Configuration

<!-- Printed by scripts/generate-config-docs.ts from gateway/config/schema.ts. Do not edit. -->

Everything has a default: \`npm start\` needs no configuration. Settings come from a YAML file and from the environment;
the environment wins. The file is \`gongxiang.yaml\` in the working folder, or the one named by \`--config FILE\` or
\`GONGXIANG_CONFIG\`. Unknown settings are refused, and all faults are shown at once, each with its place.

- \`gongxiang config\` prints the effective configuration, without secrets; \`gongxiang config --check\` only checks it.
- A relative path starts at the folder of the file that names it, or at the working folder where a variable names it.
- A secret can be given as a file: \`apiKeyFile: /run/secrets/key\`, or the variable with \`_FILE\` behind its name.
- An empty variable counts as absent. In a variable, \`<DEPARTMENT>\` is the department code in capitals, with \`_\` for \`-\`.
- Editors check the file with [the JSON Schema](../schema/config.schema.json).

\`\`\`yaml
regime: huizhou
http:
  port: 8080
departments:
  public-security:
    databaseUrlFile: /run/secrets/public-security-database
\`\`\`

Production (\`mode: production\`) refuses development keys, an identity provider, audit folder or departments left to
their defaults, keys of the identity provider over plain http, and departments that would answer with synthetic citizens.
`

function typeOf({ type, values }: Setting): string {
  return values === null ? type : values.map((value) => `\`${value}\``).join(', ')
}

function row(setting: Setting): string {
  const { path, fallback, description, secret, variable } = setting
  const name = path.join('.').replace('*', '<department>')
  const text = secret ? `${description} Secret.` : description
  const standard = fallback === null ? '' : `\`${String(fallback)}\``
  return `| \`${name}\` | ${typeOf(setting)} | ${standard} | \`${variable.replace('*', '<DEPARTMENT>')}\` | ${text} |`
}

/** docs/config.md. */
export function configMarkdown(): string {
  const rows = SETTINGS.map(row).join('\n')
  return `${INTRODUCTION}\n## Settings\n\n| Setting | Type | Default | Variable | Meaning |\n|---|---|---|---|---|\n${rows}\n`
}

/** schema/config.schema.json. */
export function configSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`
}
