/** One query, asked again and again about something else each time. */
export interface SteadyWorkload {
  readonly name: string
  readonly what: string
  readonly query: string
  /** `#######` is a number that no request had before. */
  readonly code: string
}

const SITE_OF_ALL = `
  siteCode name address landUse area approvedAt status
  permitNumber permitOffice floors height grossArea stage
  nearestStation stationAddress stationDistance parkingSpaces roadGrade
  noise airQuality waterQuality assessment assessedAt
  waterConnected gasConnected powerCapacity drainage supplier supplierAddress
  shops rentLevel vacancy largestTenant
  developer {
    companyCode registeredName registeredCapital foundedAt registeredAddress companyStatus
    qualification projectsFinished lastProject
    penalties environmentRating lastPenalty
    arrears accountOpenedAt
  }`

/** Workloads whose answers are all ALLOW, so that every gateway can give the same. */
export const STEADY: readonly SteadyWorkload[] = [
  {
    name: 'tiny',
    what: 'one object of one department',
    query: 'query Tiny($code: String!) { site(siteCode: $code) { siteCode name address landUse status } }',
    code: 'SD#######-3',
  },
  {
    name: 'list100',
    what: '100 objects of one department, each completed by another',
    query: `query List100($code: String!) {
      district(districtCode: $code) { name sites(first: 100) { siteCode name permitNumber floors height stage } }
    }`,
    code: 'D#######',
  },
  {
    name: 'heavy',
    what: 'sites, inspections and developers of six departments',
    query: `query Heavy($code: String!) {
      district(districtCode: $code) { name population area office sites(first: 44) { ${SITE_OF_ALL} } }
      inspections(districtCode: $code, first: 40) {
        inspectionCode inspectedAt result remark
        site { name address landUse nearestStation parkingSpaces waterConnected supplier
          developer { registeredName companyStatus penalties environmentRating } }
      }
    }`,
    code: 'D#######',
  },
]

/** The body of one workload, for the load generator to number. */
export function bodyOf({ query, code }: SteadyWorkload): string {
  return JSON.stringify({ query: query.replaceAll(/\s+/g, ' '), variables: { code } })
}

/** A request body with a number in it. */
export function numbered(body: string, number: number): string {
  return body.replaceAll('#######', String(number).padStart(7, '0'))
}
