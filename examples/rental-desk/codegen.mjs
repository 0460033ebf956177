// Writes generated.ts: the types of each document in operations/, and its text exactly as it stands there, which is what a
// registered operation is known by.
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { codegen } from '@graphql-codegen/core'
import * as typescriptOperations from '@graphql-codegen/typescript-operations'
import { buildSchema, Kind, parse } from 'graphql'

const here = (path) => new URL(path, import.meta.url)
const schemaText = await readFile(here('schema.graphql'), 'utf8')
const schema = buildSchema(schemaText)

const names = (await readdir(here('operations'))).filter((name) => name.endsWith('.graphql')).sort()
const documents = await Promise.all(
  names.map(async (name) => {
    const rawSDL = await readFile(here(`operations/${name}`), 'utf8')
    return { location: name, rawSDL, document: parse(rawSDL) }
  }),
)

/** What the client sends, beside the types that the plugin makes of it. */
const texts = {
  plugin: () => {
    const constants = documents.map(({ rawSDL, document }) => {
      const [operation] = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
      const name = operation.name.value
      const kind = operation.operation === 'query' ? 'Query' : 'Mutation'
      const type = `Operation<${name}${kind}, ${name}${kind}Variables>`
      return `export const ${name}: ${type} = ${JSON.stringify({ name, kind: operation.operation, text: rawSDL }, null, 2)};`
    })
    return {
      prepend: [
        `// Made by codegen.mjs from schema.graphql and operations/: npm run codegen.`,
        `// ${createHash('sha256')
          .update([schemaText, ...documents.map(({ rawSDL }) => rawSDL)].join('\0'))
          .digest('hex')}`,
        `import type { Operation } from './client.ts';`,
      ],
      content: constants.join('\n\n'),
    }
  },
}

const text = await codegen({
  filename: 'generated.ts',
  schema: parse(schemaText),
  schemaAst: schema,
  documents,
  // Every scalar of the city is a text, whatever it is called: a masked date is no date.
  config: {
    immutableTypes: true,
    skipTypename: true,
    useTypeImports: true,
    onlyOperationTypes: true,
    defaultScalarType: 'string',
  },
  plugins: [{ texts: {} }, { types: {} }],
  pluginMap: { types: typescriptOperations, texts },
})
await writeFile(here('generated.ts'), text.replace(/\n*$/, '\n'))
