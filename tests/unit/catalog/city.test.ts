import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readComposed } from '../../../gateway/adapters/supergraph-files.ts'
import { departments } from '../../../subgraphs/departments.ts'
import { BUILTIN } from '../../../gateway/builtin/subgraph.ts'
import { isError, printFault } from '../../../gateway/catalog/fault.ts'
import { composeCity, composeCityUnder, readAllRules } from '../../../gateway/start/composition.ts'

const SCHEMA = fileURLToPath(new URL('../../../schema', import.meta.url))

const city = composeCity()
if (city.kind === 'faulty') throw new Error(city.faults.map(printFault).join('\n'))
const { supergraphSdl, catalog, hints } = city

describe('the departments of this installation', () => {
  test('compose without a hint', () => {
    expect(hints).toEqual([])
  })

  test('schema/supergraph.graphql and schema/catalog.json are current: else run `npm run gongxiang compose`', () => {
    expect(readFileSync(`${SCHEMA}/supergraph.graphql`, 'utf8')).toBe(supergraphSdl)
    expect(readFileSync(`${SCHEMA}/catalog.json`, 'utf8')).toBe(`${JSON.stringify(catalog, null, 2)}\n`)
    expect(readComposed(SCHEMA).catalog).toEqual(catalog)
  })

  test.each(composeCityUnder(readAllRules()))('have no error under $regime', ({ composition }) => {
    const faults = composition.kind === 'faulty' ? composition.faults.filter(isError) : []
    expect(faults.map(printFault)).toEqual([])
    expect(composition.kind === 'composed' && composition.catalog.version).toBe(catalog.version)
  })

  test('two runs give the same bytes', () => {
    expect(JSON.stringify(composeCity())).toBe(JSON.stringify(city))
  })

  test('every record type is a resource, and every item belongs to one (ZS-2.01, NT-2.2, ZJ-16.2)', () => {
    const types = new Set(catalog.resources.map(({ type }) => type))
    expect(types.size).toBeGreaterThan(departments.length)
    // What is proposed is in no list, and so has no item.
    const listed = catalog.resources.filter(({ proposed }) => proposed !== true).map(({ type }) => type)
    const claims = catalog.fields.filter(({ item }) => item !== null)
    // A list of records within a record, e.g. examinations, is one item of that record; so is each of its parts.
    const lists = new Set(
      claims.filter(({ kind, resource }) => kind === 'object' && types.has(resource)).map(({ item }) => item),
    )
    const stray = claims.filter(({ resource, item }) => !types.has(resource) && !lists.has(item))
    expect([...new Set(stray.map(({ resource }) => resource))].toSorted()).toEqual(['LegalEntity', 'Person'])
    expect(new Set(claims.map(({ resource }) => resource))).toEqual(
      new Set([...claims.map(({ resource }) => resource), ...listed]),
    )
  })

  test('the key of a person is served by all who know persons, and the first by name is its provider', () => {
    const key = catalog.fields.find(({ coordinate }) => coordinate === 'Person.idDocumentNumber')
    const knowing = departments.filter(({ schema }) =>
      /^type Person @key/m.test(readFileSync(fileURLToPath(schema), 'utf8')),
    )
    expect(knowing.length).toBeGreaterThan(3)
    expect(key?.providers).toEqual([BUILTIN, ...knowing.map(({ name }) => name)].toSorted())
    expect(key?.provider).toBe(key?.providers[0])
  })
})
