import { describe, expect, test } from 'vitest'
import type { Party } from '../../../gateway/caller/parties.ts'
import type { FieldEntry, ResourceEntry } from '../../../gateway/catalog/catalog.ts'
import { compareCatalogs } from '../../../gateway/catalog/compare.ts'
import { decidedText, outcomeOf } from '../../../gateway/cli/consequences.ts'
import type { Grant } from '../../../gateway/grants/grant.ts'
import type { Matter } from '../../../gateway/grants/registers.ts'
import type { Regime } from '../../../gateway/regime/regime.ts'
import { instantsOf } from '../../../gateway/start/register-check.ts'
import {
  NANTONG,
  NOON,
  ZHONGSHAN,
  authorityOf,
  conditional,
  field,
  grantOf,
  matterOf,
  resource,
} from '../grants/world.ts'

const party = (code: string): Party => ({
  code,
  name: { zh: '部门', en: 'Department' },
  type: 'DEPARTMENT',
  byReference: false,
  basis: ['ZS-1.06'],
  roles: [],
  suspended: false,
  delegations: [],
  applications: [],
})

/** The same field, open to all. */
const open = (at: FieldEntry['coordinate'], facts: Partial<FieldEntry> = {}): FieldEntry =>
  conditional(at, { class: 'UNCONDITIONAL', ...facts })

interface City {
  readonly fields: readonly FieldEntry[]
  readonly resources?: readonly ResourceEntry[]
}

interface Registered {
  readonly law?: Regime
  readonly grants?: readonly Grant[]
  readonly matters?: readonly Matter[]
}

function outcome(before: City, after: City, { law = ZHONGSHAN, grants = [], matters = [READS] }: Registered) {
  const catalog = ({ fields, resources = [] }: City, version: string) => ({
    version,
    supergraph: '',
    fields,
    resources,
    filters: {},
    exactFilters: [],
  })
  const authority = ({ fields, resources = [] }: City) => authorityOf(law, fields, [], { resources })
  const found = outcomeOf({
    authority: { before: authority(before), after: authority(after) },
    parties: [party('housing'), party('tax')],
    matters,
    grants,
    instants: (own) => instantsOf(own, NOON),
    changes: compareCatalogs(catalog(before, 'a'), catalog(after, 'b')),
  })
  const lines = found.consequences.map(
    ({ department, coordinate, before: old, after: now, effect, because }) =>
      `${effect} ${department} ${coordinate} ${short(decidedText(old))} → ${short(decidedText(now))} (${because.join(', ')})`,
  )
  return { lines, ended: found.ended }
}

const short = (text: string): string => text.replace(/ \[.*\]$/, '')

const READS = matterOf({ 'R.x': 'READ', 'R.y': 'READ' })
const TAX = matterOf({ 'R.x': 'READ' }, { code: 'T', department: 'tax', caseRequired: true })
const TAX_GRANT = grantOf('H', { 'R.x': 'CLEAR' }, { consumer: 'tax', matters: ['T'], applications: ['desk'] })

describe('what a change of the catalogue comes to, by decisions', () => {
  test('a narrower scope: who is left out loses it, who stays in keeps it', () => {
    const found = outcome(
      { fields: [conditional('R.x')] },
      { fields: [conditional('R.x', { scope: ['tax'] })] },
      { grants: [grantOf('G', { 'R.x': 'CLEAR' }), TAX_GRANT], matters: [READS, TAX] },
    )
    expect(found.lines).toEqual(['NARROWER housing R.x ALLOW by G → DENY OUT_OF_SCOPE (R.x scope)'])
    expect(found.ended).toEqual([{ id: 'G', department: 'housing', needless: false }])
  })

  test.each([
    [ZHONGSHAN, []],
    [NANTONG, ['NARROWER housing R.x ALLOW by G → DENY NO_GRANT by G (R parameterControl)']],
  ])('parameter control is a matter of the regime (%#)', (law, lines) => {
    const fields = [conditional('R.x')]
    const found = outcome(
      { fields, resources: [resource('R')] },
      { fields, resources: [resource('R', { parameterControl: true })] },
      { law, grants: [grantOf('G', { 'R.x': 'CLEAR' })] },
    )
    expect(found.lines).toEqual(lines)
  })

  test('what embeds or follows a value goes with it', () => {
    const beside = [field('R.y', { embeds: ['R.x'] }), field('R.z', { follows: 'R.x' })]
    const matter = matterOf({ 'R.x': 'READ', 'R.y': 'READ', 'R.z': 'READ' })
    const found = outcome(
      { fields: [open('R.x'), ...beside] },
      { fields: [conditional('R.x'), ...beside] },
      { matters: [matter] },
    )
    expect(found.lines).toEqual([
      'NARROWER housing R.x ALLOW → DENY NO_GRANT (R.x class)',
      'NARROWER housing R.y ALLOW → DENY NO_GRANT (R.x class)',
      'NARROWER housing R.z ALLOW → DENY NO_GRANT (R.x class)',
    ])
  })

  test('unconditional is open in one city, and needs the platform’s grant in another (NT-18.1)', () => {
    const [before, after] = [{ fields: [conditional('R.x')] }, { fields: [open('R.x')] }]
    const grants = [grantOf('G', { 'R.x': 'CLEAR' })]
    const free = outcome(before, after, { grants })
    expect(free.lines).toEqual(['NEUTRAL housing R.x ALLOW by G → ALLOW (R.x class)'])
    expect(free.ended).toEqual([{ id: 'G', department: 'housing', needless: true }])
    const closed = outcome(before, after, { grants, law: NANTONG })
    expect(closed.lines).toEqual(['NARROWER housing R.x ALLOW by G → DENY NO_GRANT by G (R.x class)'])
    expect(closed.ended).toEqual([{ id: 'G', department: 'housing', needless: false }])
  })

  test('another authoriser makes a grant incomplete that the platform approved', () => {
    const grants = [grantOf('G', { 'R.x': 'CLEAR' }, { approvals: [{ by: 'PLATFORM', officer: 'D-1' }] })]
    const city = (authorisationMode: 'PLATFORM' | 'DIRECT'): City => ({
      fields: [conditional('R.x')],
      resources: [resource('R', { authorisationMode })],
    })
    expect(outcome(city('PLATFORM'), city('DIRECT'), { law: NANTONG, grants }).lines).toEqual([
      'NARROWER housing R.x ALLOW by G → DENY NO_GRANT by G (R authorisationMode)',
    ])
  })

  test('a grant that begins later is told of too, and what stays the same once', () => {
    const later = grantOf('L', { 'R.x': 'CLEAR' }, { validFrom: NOON + 1_000 })
    const found = outcome(
      { fields: [conditional('R.x'), open('R.y')] },
      { fields: [conditional('R.x', { scope: [] }), conditional('R.y', { scope: [] })] },
      { grants: [later] },
    )
    expect(found.lines).toEqual([
      'NEUTRAL housing R.x DENY NO_GRANT → DENY OUT_OF_SCOPE (R.x scope)',
      'NARROWER housing R.y ALLOW → DENY OUT_OF_SCOPE (R.y class, R.y scope)',
      'NARROWER housing R.x ALLOW by L → DENY OUT_OF_SCOPE (R.x scope)',
    ])
    expect(found.ended).toEqual([{ id: 'L', department: 'housing', needless: false }])
  })

  test('a stronger mask of a number, by a birth date that is clear now (wall 9)', () => {
    const number = conditional('R.x', { mask: 'M-IDNO' })
    const born = { quasiIdentifier: 'BIRTH_DATE' } as const
    const found = outcome(
      { fields: [number, conditional('R.y', born)] },
      { fields: [number, open('R.y', born)] },
      { grants: [grantOf('G', { 'R.x': 'MASKED' })] },
    )
    expect(found.lines).toContain('NARROWER housing R.x MASK M-IDNO by G → MASK M-IDNO-2 by G (R.y class)')
  })

  test('another refusal is no news to a matter that does not need the field; a change of words to nobody', () => {
    const matters = [matterOf({ 'R.y': 'READ' })]
    const fields = [conditional('R.x', { scope: ['tax'] }), field('R.y', { title: '新' })]
    expect(outcome({ fields: [conditional('R.x'), field('R.y')] }, { fields }, { matters }).lines).toEqual([])
  })
})
