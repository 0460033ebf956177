import { demoOrganisations } from '../organisations/demo-organisations.ts'
import type { Organisation } from '../organisations/organisation.ts'

/** Which of the organisations that are there for something to be shown it is; null for any other. */
export function demonstrated(of: Organisation): keyof typeof demoOrganisations | null {
  const { firm, movedFirm, shop, unit, association, home, institution } = demoOrganisations
  switch (of) {
    case firm:
      return 'firm'
    case movedFirm:
      return 'movedFirm'
    case shop:
      return 'shop'
    case unit:
      return 'unit'
    case association:
      return 'association'
    case home:
      return 'home'
    case institution:
      return 'institution'
    default:
      return null
  }
}
