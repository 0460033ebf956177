import { expect, test } from 'vitest'
import { composeUnder, whereOf, unmark } from './marked.ts'
import { ALL_RULES, ENTRY, annotation, registered } from './registered.ts'

const LISTED = { class: '"UNCONDITIONAL"', level: '"L1"', title: '"姓名"' }

/** A record of which one field claims an item of a list, at the marked place. */
function claiming(proposed: string, item: string): string {
  const more = `x: String ${annotation('share', { ...LISTED, item })}`
  return registered({ entry: annotation('resource', ENTRY, { proposed }), more })
}

test.each(ALL_RULES.map((rules) => [rules.regime, rules] as const))(
  'a proposed record claims no item of a list under %s: it would look as if the text named it (NT-10.1)',
  (_regime, rules) => {
    const { expected, sdls } = unmark(claiming('true', '⟦ITEM_CONFLICT⟧"HZ-18#01"'))
    const result = composeUnder(rules, ...sdls)
    const faults = result.kind === 'faulty' ? result.faults : []
    expect(faults.map(whereOf)).toEqual(expected)
    expect(faults[0]?.message).toContain('its record is proposed, and so no list names its item HZ-18#01')
    expect(composeUnder(rules, claiming('false', '"HZ-18#01"')).kind).not.toBe('faulty')
  },
)
