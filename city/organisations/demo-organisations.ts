import { demoPeople } from '../demo-people.ts'
import type { DemoPerson } from '../demo-people.ts'
import { PLACES } from '../places.ts'
import type { Place } from '../places.ts'
import { creditCode, registrationNumber } from './identifiers.ts'
import type { Issue, OrganisationKind } from './identifiers.ts'
import type {
  Enterprise,
  IndividualBusiness,
  Organisation,
  PublicInstitution,
  Registered,
  SocialOrganisation,
  TaxRegistration,
} from './organisation.ts'
import { cityAt, divisionName, representativeOf } from './registered.ts'

/*
 * A few organisations that are in every city with their representatives, each for one thing to be shown or tested.
 */

function place(township: string): Place {
  const found = PLACES.find((one) => one.township === township)
  if (found === undefined) throw new Error(`No place ${township}`)
  return found
}

function issue(at: Place, serial: number): Issue {
  return { city: cityAt(at), serial, demo: true }
}

function registered(
  at: Place,
  serial: number,
  person: DemoPerson,
  facts: Pick<Registered, 'uscc' | 'name' | 'registered' | 'authority' | 'scope'>,
): Registered {
  return {
    division: at.division,
    divisionName: divisionName(at),
    address: `${at.township}演示大道${serial}号`,
    representative: representativeOf(demoPeople[person]),
    phone: `100900${String(serial).padStart(5, '0')}`,
    ...facts,
  }
}

function tax({ uscc, address, representative, registered: since }: Registered, authority: string): TaxRegistration {
  return { taxpayerId: uscc ?? `${representative.idNumber}00`, address, registered: since, authority, paid: 12_000 }
}

const [shiqi, jiangbei] = [place('中山市石岐街道'), place('惠州市惠城区江北街道')]

function code(kind: OrganisationKind, at: Place, serial: number): string {
  return creditCode(kind, issue(at, serial))
}

const electronics = registered(shiqi, 1, 'certificateCancelled', {
  uscc: code('ENTERPRISE', shiqi, 1),
  name: '中山市示范电子第1有限公司',
  registered: '1999-04-01',
  authority: '中山市工商行政管理局',
  scope: '电子元器件制造、销售',
})
const furniture = registered(jiangbei, 2, 'rareName', {
  uscc: code('ENTERPRISE', jiangbei, 2),
  name: '惠州市演示家具第2有限公司',
  registered: '2017-09-15',
  authority: '惠州市工商行政管理局',
  scope: '家具制造、销售',
})
const noodles = registered(shiqi, 3, 'conflicting', {
  uscc: null,
  name: '中山市石岐街道演示面馆',
  registered: '2009-05-20',
  authority: '中山市工商行政管理局',
  scope: '餐饮服务',
})

const firm: Enterprise = {
  ...electronics,
  kind: 'ENTERPRISE',
  registrationNumber: registrationNumber(issue(shiqi, 1)),
  supervisor: '中山市石岐街道工商所',
  industry: 'C3989',
  enterpriseType: 'YX',
  capital: '1000.00',
  localTax: tax(electronics, '中山市地方税务局分局'),
  stateTax: tax(electronics, '中山市国家税务局分局'),
  permits: [
    {
      number: 'XK99-001-90001',
      scope: '电子元器件',
      from: '2024-01-01',
      until: '2028-12-31',
      issued: '2023-12-20',
    },
  ],
  inspections: [
    { approval: '演示质监准〔2025〕90001号', content: '电子元器件的质量检测', date: '2025-06-18', passed: true },
  ],
}

const movedFirm: Enterprise = {
  ...furniture,
  kind: 'ENTERPRISE',
  registrationNumber: null,
  supervisor: '惠州市惠城区江北街道工商所',
  industry: 'C2110',
  enterpriseType: 'DZ',
  capital: '50.50',
  localTax: { ...tax(furniture, '惠州市地方税务局惠城区分局'), address: '惠州市惠阳区淡水街道测试巷9号' },
  stateTax: tax(furniture, '惠州市国家税务局惠城区分局'),
  permits: [],
  inspections: [],
}

const shop: IndividualBusiness = {
  ...noodles,
  kind: 'INDIVIDUAL_BUSINESS',
  registrationNumber: registrationNumber(issue(shiqi, 3)),
  supervisor: '中山市石岐街道工商所',
  industry: 'H6291',
  localTax: null,
  stateTax: tax(noodles, '中山市国家税务局分局'),
  permits: [],
  inspections: [],
}

function social(kind: SocialOrganisation['kind'], serial: number, name: string, type: string): SocialOrganisation {
  const facts = registered(shiqi, serial, 'allThree', {
    uscc: code(kind, shiqi, serial),
    name,
    registered: '2012-03-08',
    authority: '中山市民政局',
    scope: '社会服务',
  })
  return { ...facts, kind, type, competentUnit: '中山市民政局', certificate: `YS99${String(serial).padStart(6, '0')}` }
}

const institution: PublicInstitution = {
  ...registered(shiqi, 7, 'allThree', {
    uscc: code('PUBLIC_INSTITUTION', shiqi, 7),
    name: '中山市演示图书馆',
    registered: '2003-01-06',
    authority: '中山市机构编制委员会办公室',
    scope: '图书借阅服务',
  }),
  kind: 'PUBLIC_INSTITUTION',
  certificate: '事证第1990090007号',
  posts: 42,
}

/** Organisations with known properties, by what they are there for. */
export const demoOrganisations = {
  /** Code and registration number, both taxes, a permit and an inspection; employs demo people. */
  firm,
  /** Local tax has another address than market registration: a planted conflict. No registration number. */
  movedFirm,
  /** Registration number alone; its taxpayer number holds the operator's ID number. */
  shop,
  unit: social('PRIVATE_NON_ENTERPRISE_UNIT', 4, '中山市演示托育服务中心', '社会服务机构'),
  association: social('SOCIAL_ASSOCIATION', 5, '中山市演示灯饰行业协会', '行业性'),
  home: social('WELFARE_INSTITUTION', 6, '中山市演示养老院', '养老机构'),
  institution,
} as const satisfies Readonly<Record<string, Organisation>>
