import { parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { separateRequired, withRealFields } from '../../../../gateway/compile/planner-faults/required-fields.ts'

const SUPERGRAPH = `
enum join__Graph { GOODS @join__graph(name: "goods", url: "") TAX @join__graph(name: "tax", url: "") }
interface Priced { price(unit: String): Int }
type Item implements Priced {
  id: ID!
  "What it costs."
  price(unit: String): Int @join__field(graph: GOODS) @join__field(graph: TAX, external: true) @tag(name: "x")
  parts: [Part]
  triple: Int @join__field(graph: TAX, requires: "price(unit: \\"A\\") parts { ... on Part { size(in: 1) } }")
  plain: Int @join__field(graph: TAX, requires: "price id")
  again: Int @join__field(graph: TAX, requires: "price(unit: \\"A\\")")
}
type Part implements Priced { size(in: Int): Int price(unit: String): Int }
type Sum { item: Priced total: Int @join__field(graph: TAX, requires: "item { price(unit: \\"B\\") }") }
`

const separated = separateRequired(parse(SUPERGRAPH))
const text = print(separated.supergraph)

describe('calls in @requires', () => {
  it('are fields of their own, one for each different call, in the same departments', () => {
    expect(text).toContain('price_gx_r0: Int @join__field(graph: GOODS) @join__field(graph: TAX, external: true)\n')
    expect(text).toContain('price_gx_r2: Int @join__field(graph: GOODS)')
    expect(text.match(/price_gx_r0:/g)).toHaveLength(1)
    expect(text).toContain('requires: "price_gx_r0 parts{...on Part{size_gx_r1}}"')
    expect(text).toContain('requires: "price_gx_r2 id"')
    expect(text).toContain('requires: "price_gx_r0"')
  })

  it('on an interface are fields of all its types too', () => {
    expect(text.match(/price_gx_r3: Int/g)).toHaveLength(3)
  })

  it('are what a department needs for a field, down to the leaves', () => {
    expect(separated.needsOf('tax', 'Item', 'triple')).toEqual(new Set(['price_gx_r0', 'parts', 'parts.size_gx_r1']))
    expect(separated.needsOf('tax', 'Item', 'plain')).toEqual(new Set(['price_gx_r2', 'id']))
    expect(separated.needsOf('goods', 'Item', 'triple')).toEqual(new Set())
    expect(separated.needsOf('tax', 'Item', 'price')).toEqual(new Set())
  })

  it('are the real field again where a department is asked, under an alias', () => {
    const document = parse('{ item { price_gx_r0 other: price_gx_r2 price { id } size_gx_r1 } }')
    expect(print(withRealFields(document, separated))).toBe(
      print(parse('{ item { price_gx_r0: price(unit: "A") other: price price { id } size_gx_r1: size(in: 1) } }')),
    )
  })

  it('that are none leave a supergraph as it is', () => {
    const plain = parse('type Item { id: ID! twice: Int @join__field(graph: TAX, requires: "id") }')
    expect(print(separateRequired(plain).supergraph)).toBe(print(plain))
  })
})
