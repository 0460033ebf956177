// Writes schema.graphql: what this application may ask for this matter, each field with its decision in its description.
import { writeFile } from 'node:fs/promises'
import { buildClientSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from 'graphql'

const { DESK_URL = 'http://127.0.0.1:4000', DESK_TOKEN = '', DESK_CASE = '' } = process.env
const response = await fetch(`${DESK_URL}/graphql`, {
  method: 'POST',
  headers: {
    authorization: `Bearer ${DESK_TOKEN}`,
    'x-matter': 'public-rental-housing',
    'x-case': DESK_CASE,
    'content-type': 'application/json',
  },
  body: JSON.stringify({ query: getIntrospectionQuery() }),
})
const { data, errors } = await response.json()
if (errors) throw new Error(errors.map(({ message }) => message).join('\n'))
await writeFile(
  new URL('schema.graphql', import.meta.url),
  `${printSchema(lexicographicSortSchema(buildClientSchema(data)))}\n`,
)
