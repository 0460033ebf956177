import { expect, test, describe } from 'vitest'
import { compose } from '../../gateway/catalog/compose.ts'
import { indexFields, indexResources } from '../../gateway/catalog/catalog.ts'
import { buildView } from '../../gateway/grants/view.ts'
import { SHARING_DEFINITIONS, fullSdl } from '../kit/federation-sdl.ts'
import { NOON, ZHONGSHAN, authorityOf, callerOf, indexOf, matterOf } from '../unit/grants/world.ts'

const entry = (department: string): string =>
  `@resource(code: "${department}-1", title: "登记", department: "${department}", updateCycle: "DAILY", format: "API", contact: "科室")`
const SHUT = '@share(class: "CONDITIONAL", level: "L4", title: "甲", basis: ["HZ-4.3"], conditions: "凭授权")'
const KEEP = '@share(class: "NOT_SHARED", level: "L4", title: "乙", basis: ["ZS-4.04"], grounds: ["LAW 《统计法》第九条"])'

function city(sdls: Readonly<Record<string, string>>) {
  const composed = compose(
    Object.entries(sdls).map(([department, sdl]) => ({ department, file: department, sdl: fullSdl(sdl) })),
    SHARING_DEFINITIONS,
  )
  return composed
}
function decisionsOf(sdls: Readonly<Record<string, string>>, department: string) {
  const composed = city(sdls)
  if (composed.kind === 'faulty') return composed.faults.map(({ code, message }) => `${code} ${message}`)
  const all = composed.catalog.fields.map(({ coordinate }) => [coordinate, 'READ'] as const)
  const world = authorityOf(ZHONGSHAN, composed.catalog.fields, [matterOf(Object.fromEntries(all), { department })], {
    resources: composed.catalog.resources,
  })
  void indexFields, indexResources
  const view = buildView(world, callerOf({ department }), indexOf(), NOON)
  return Object.fromEntries([...view.decisions].map(([at, d]) => [at, d.kind]))
}
const ROOT = 'type Query { firm: Firm }'
describe('own', () => {
  test('what another department adds to a record type is not one’s own', () => {
    const d = decisionsOf({
      housing: `${ROOT} type Firm @key(fields: "code") ${entry('housing')} { code: ID! name: String ${SHUT} }`,
      tax: `type Firm @key(fields: "code") { code: ID! debt: String ${SHUT} file: String ${KEEP} }`,
    }, 'housing')
    console.log(d)
    expect(d).toMatchObject({ 'Firm.name': 'ALLOW', 'Firm.debt': 'DENY' })
  })
  test('a department registers the type that all share', () => {
    const d = decisionsOf({
      tax: `type Query { p: Person } type Person @key(fields: "code") { code: ID! debt: String ${SHUT} file: String ${KEEP} }`,
      housing: `type Person @key(fields: "code") ${entry('housing')} { code: ID! }`,
    }, 'housing')
    console.log(d)
    expect(d).toMatchObject({ 'Person.debt': 'DENY' })
  })
  test('override', () => {
    const d = decisionsOf({
      tax: `type Query { p: Person } type Person @key(fields: "code") { code: ID! debt: String ${SHUT} }`,
      housing: `type Person @key(fields: "code") { code: ID! debt: String ${SHUT} @override(from: "tax") }`,
    }, 'housing')
    console.log(d)
  })
  test('args', () => {
    const d = decisionsOf({
      tax: `type Query { people(phone: String, json: In): [Person] } input In { a: String } type Person @key(fields: "code") { code: ID! phone: String ${SHUT} }`,
    }, 'housing')
    console.log(d)
  })
  test('provides', () => {
    const d = decisionsOf({
      tax: `type Query { p: Person } type Person @key(fields: "code") { code: ID! debt: String ${SHUT} @shareable}`,
      housing: `type Query { q: Person @provides(fields: "debt") } type Person @key(fields: "code") { code: ID! debt: String @external }`,
    }, 'housing')
    console.log(d)
  })
  test('interface only', () => {
    const d = decisionsOf({
      tax: `type Query { p: I } interface I { debt: String } type Person implements I @key(fields: "code") { code: ID! debt: String ${SHUT} } type X implements I @inaccessible {debt:String}`,
    }, 'housing')
    console.log(d)
  })
})
