import { Kind, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { FetchNode } from '../../../../gateway/compile/plan.ts'
import { unreachable } from '../../../../gateway/compile/planner-faults/unreachable.ts'

function fetchNode(operation: string, given: Partial<FetchNode> = {}): FetchNode {
  const rules = { idempotent: true, keep: null }
  const nothing = {
    variables: [],
    path: [],
    asks: null,
    requires: null,
    keys: [],
    inputRewrites: [],
    outputRewrites: [],
  }
  return { kind: 'fetch', id: 0, department: 'a', operation, rules, ...nothing, ...given }
}

function missing(text: string, fetches: readonly FetchNode[]): string | null {
  const [operation] = parse(text).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation')
  return unreachable(operation, fetches)
}

const ROOT = fetchNode('{people{__typename id name}}')
const ENTITIES = fetchNode(
  'query($representations:[_Any!]!){_entities(representations:$representations){...on Person{mail{at}}}}',
  {
    path: ['people', '@'],
    requires: [{ kind: 'Field', name: 'id', selections: null }],
  },
)

describe('a field that no fetch asks for', () => {
  it('is found wherever it stands', () => {
    expect(missing('{ people { name mail { at } } }', [ROOT, ENTITIES])).toBeNull()
    expect(missing('{ people { name mail { at } } }', [ROOT])).toBe('people.mail')
    expect(missing('{ people { name mail { by } } }', [ROOT, ENTITIES])).toBe('people.mail.by')
    expect(missing('{ others { name } }', [ROOT, ENTITIES])).toBe('others')
    expect(missing('{ people { name } }', [])).toBe('people')
  })

  it('is known by its response name, and by what the planner renames it to', () => {
    const renamed = fetchNode('{people{n:name size__alias_0:size}}', {
      outputRewrites: [{ kind: 'KeyRenamer', path: ['people', '... on Person', 'size__alias_0'], renameKeyTo: 'size' }],
    })
    expect(missing('{ people { n: name size } }', [renamed])).toBeNull()
    expect(missing('{ people { name } }', [renamed])).toBe('people.name')
  })

  it('may be left out where not every type can occur, and a type is never missing', () => {
    expect(missing('{ people { __typename ... on Robot { serial } } }', [ROOT])).toBeNull()
  })
})
