/**
 * The small city that every gateway is asked about: six departments, each with its part of what is known of a building
 * site and of whoever develops it. Nobody in it is a person: limits per person asked about would be measured else, and
 * no other gateway has them (the workload `citizen` asks the demonstration city).
 */

/** What a value is made of; each has a pool of values of its own (values.ts). */
export type Kind = 'code' | 'name' | 'address' | 'word' | 'date' | 'count' | 'measure' | 'flag'

/** A field with a value. */
interface ValueField {
  readonly name: string
  readonly kind: Kind
}

/** A field that leads to objects. */
interface LinkField {
  readonly name: string
  readonly to: string
  /** Whether it leads to many; then it takes `first`. */
  readonly many: boolean
}

/** One type as one department serves it. */
export interface TypeSpec {
  readonly type: string
  readonly key: string
  readonly values: readonly ValueField[]
  readonly links: readonly LinkField[]
  /** Fields that other departments serve too. */
  readonly shareable: readonly string[]
}

/** A field of Query: one object by its key, or those of a district. */
export interface RootSpec {
  readonly name: string
  readonly argument: string
  readonly to: string
  readonly many: boolean
}

export interface DepartmentSpec {
  readonly name: string
  readonly roots: readonly RootSpec[]
  readonly types: readonly TypeSpec[]
}

/** `name:kind` and `name>Type` and `name>>Type` (many), a `*` behind where others serve it too. */
function typeSpec(type: string, key: string, fields: string): TypeSpec {
  const words = fields.split(/\s+/).filter((word) => word !== '')
  const shareable = words.filter((word) => word.endsWith('*')).map((word) => /^\w+/.exec(word)?.[0] ?? '')
  const plain = words.map((word) => word.replace('*', ''))
  const values = plain.flatMap((word) => {
    const [name = '', kind] = word.split(':')
    return kind === undefined ? [] : [{ name, kind: kindOf(kind) }]
  })
  const links = plain.flatMap((word) => {
    const found = /^(\w+)(>>?)(\w+)$/.exec(word)
    return found ? [{ name: found[1] ?? '', to: found[3] ?? '', many: found[2] === '>>' }] : []
  })
  return { type, key, values, links, shareable }
}

const KINDS: readonly Kind[] = ['code', 'name', 'address', 'word', 'date', 'count', 'measure', 'flag']

function kindOf(text: string): Kind {
  const kind = KINDS.find((one) => one === text)
  if (kind === undefined) throw new Error(`${text} is no kind of value`)
  return kind
}

/** What four departments say of a zone in the same words: the planner may take each field from any of them. */
const ZONE =
  'use:word* rule:word* limitHeight:measure* limitRatio:measure* greenShare:measure* since:date* note:name* stage:word* next>Zone*'

export const DEPARTMENTS: readonly DepartmentSpec[] = [
  {
    name: 'planning',
    roots: [
      { name: 'district', argument: 'districtCode', to: 'District', many: false },
      { name: 'site', argument: 'siteCode', to: 'Site', many: false },
    ],
    types: [
      typeSpec('District', 'districtCode', 'name:name population:count area:measure office:address sites>>Site'),
      typeSpec(
        'Site',
        'siteCode',
        'name:name address:address landUse:word area:measure approvedAt:date status:word developer>Developer',
      ),
      typeSpec('Developer', 'companyCode', ''),
    ],
  },
  {
    name: 'construction',
    roots: [{ name: 'inspections', argument: 'districtCode', to: 'Inspection', many: true }],
    types: [
      typeSpec(
        'Site',
        'siteCode',
        'permitNumber:code permitOffice:address floors:count height:measure grossArea:measure stage:word zone>Zone*',
      ),
      typeSpec('Inspection', 'inspectionCode', 'inspectedAt:date result:word remark:name site>Site'),
      typeSpec('Developer', 'companyCode', 'qualification:word projectsFinished:count lastProject:name'),
      typeSpec('Zone', 'zoneCode', ZONE),
    ],
  },
  {
    name: 'transport',
    roots: [],
    types: [
      typeSpec(
        'Site',
        'siteCode',
        'nearestStation:name stationAddress:address stationDistance:measure parkingSpaces:count roadGrade:word zone>Zone*',
      ),
      typeSpec('Zone', 'zoneCode', ZONE),
    ],
  },
  {
    name: 'environment',
    roots: [],
    types: [
      typeSpec(
        'Site',
        'siteCode',
        'noise:measure airQuality:word waterQuality:word assessment:name assessedAt:date zone>Zone*',
      ),
      typeSpec('Developer', 'companyCode', 'penalties:count environmentRating:word lastPenalty:name'),
      typeSpec('Zone', 'zoneCode', ZONE),
    ],
  },
  {
    name: 'utilities',
    roots: [],
    types: [
      typeSpec(
        'Site',
        'siteCode',
        'waterConnected:flag gasConnected:flag powerCapacity:count drainage:word supplier:name supplierAddress:address zone>Zone*',
      ),
      typeSpec('Developer', 'companyCode', 'arrears:flag accountOpenedAt:date'),
      typeSpec('Zone', 'zoneCode', ZONE),
    ],
  },
  {
    name: 'commerce',
    roots: [],
    types: [
      typeSpec('Site', 'siteCode', 'shops:count rentLevel:measure vacancy:measure largestTenant:name'),
      typeSpec(
        'Developer',
        'companyCode',
        'registeredName:name registeredCapital:count foundedAt:date registeredAddress:address companyStatus:word',
      ),
    ],
  },
]
