import type { Coordinate } from '../vocabulary/coordinate.ts'

/** How the values of one attribute are made equal before they are held against each other (data-items, section 8). */
export const ATTRIBUTE_KINDS = ['NAME', 'ID_NUMBER', 'DATE', 'CODE', 'ADDRESS_TOWNSHIP', 'TEXT', 'LIFE_STATUS'] as const
export type AttributeKind = (typeof ATTRIBUTE_KINDS)[number]

/** What the gateway tells of an attribute: one source's value, every source's, or whether they differ. */
export const ATTRIBUTE_ROLES = ['VALUE', 'SOURCES', 'CONFLICT'] as const
export type AttributeRole = (typeof ATTRIBUTE_ROLES)[number]

/** Type of what each source holds, in the gateway's own SDL. */
export const SOURCE_TYPE = 'AttributeSource'

/** Where one source holds an attribute. */
export interface AttributeSource {
  /** Fields from the subject to the value, e.g. `birth`, `birthDate`. */
  readonly path: readonly string[]
  readonly coordinate: Coordinate
  /** Coordinates crossed on the way: the existence of the record. */
  readonly crossed: readonly Coordinate[]
  readonly department: string
  /** Its record type, whose time is the value's. */
  readonly resource: string
  /** Whether it may be the authority: the first of these that has a value for somebody is (一数一源, ZS-3.06). */
  readonly authority: boolean
}

/** One attribute that several sources hold, as the catalogue has it. */
export interface AttributeEntry {
  /** As `@share(authoritativeFor:)` names it, e.g. `person.birthDate`. */
  readonly attribute: string
  /** The attribute's one value on its subject, e.g. `Person.birthDate`: the gateway's own field or a department's. */
  readonly consolidated: Coordinate
  readonly compare: AttributeKind
  /** Authorities first, in their order. */
  readonly sources: readonly AttributeSource[]
}

/** A source that a flag may compare with where its value is not told: then its existence has to be. */
export interface ComparedSource {
  readonly coordinate: Coordinate
  readonly crossed: readonly Coordinate[]
}

/** What a field is that the gateway makes of the sources of an attribute. */
export interface Reconciled {
  readonly attribute: string
  readonly role: AttributeRole
  /** Sources that need only be open to verification (ZS-4.09); all others are in `requires` or `embeds`. */
  readonly compares: readonly ComparedSource[]
}

/** One entry of the register of attributes (schema/authorities.yaml). */
export interface AttributeRegistration {
  readonly attribute: string
  readonly subject: 'Person' | 'LegalEntity'
  /** Name on the subject; `…Sources` and `…Conflict` are made of it. */
  readonly field: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly compare: AttributeKind
  readonly level: 'L1' | 'L2' | 'L3' | 'L4'
  /** Few possible values: whoever knows one and that another differs, knows the other. */
  readonly guessable: boolean
  /** How the gateway serves the value; null where a department's own field of that name does. */
  readonly serves: {
    readonly type: string
    readonly mask: string | null
    readonly quasiIdentifier: string | null
  } | null
  /** Paths from the subject, e.g. `birth.birthDate`. */
  readonly authorities: readonly string[]
  readonly others: readonly string[]
  readonly place: { readonly file: string; readonly line: number; readonly column: number }
}

/** Attributes by name, for lookups. */
export function indexAttributes(list: readonly AttributeEntry[] = []): ReadonlyMap<string, AttributeEntry> {
  return new Map(list.map((one) => [one.attribute, one]))
}
