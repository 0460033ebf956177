/** A real township or subdistrict; where people live in it is invented. */
export interface Place {
  /** County or city without counties, GB/T 2260. */
  readonly division: string
  readonly township: string
  readonly policeStation: string
}

const ZHONGSHAN = [
  '石岐街道',
  '东区街道',
  '西区街道',
  '小榄镇',
  '古镇镇',
  '三乡镇',
  '坦洲镇',
  '沙溪镇',
  '港口镇',
  '黄圃镇',
]

/** County of Huizhou → its division code and some of its townships. */
const HUIZHOU: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  惠城区: ['441302', ['江北街道', '桥东街道', '河南岸街道', '水口街道', '汝湖镇']],
  惠阳区: ['441303', ['淡水街道', '秋长街道', '镇隆镇']],
  博罗县: ['441322', ['罗阳街道', '园洲镇', '石湾镇']],
  惠东县: ['441323', ['平山街道', '稔山镇']],
  龙门县: ['441324', ['龙城街道', '永汉镇']],
}

function station(township: string): string {
  return `${township.replace(/(街道|镇)$/, '')}派出所`
}

/** Where the city's people are registered: 中山市 (442000) and the counties of 惠州市 (4413xx). */
export const PLACES: readonly Place[] = [
  ...ZHONGSHAN.map((name): Place => ({
    division: '442000',
    township: `中山市${name}`,
    policeStation: `中山市公安局${station(name)}`,
  })),
  ...Object.entries(HUIZHOU).flatMap(([county, [division, townships]]) =>
    townships.map((name): Place => ({
      division,
      township: `惠州市${county}${name}`,
      policeStation: `惠州市公安局${county}分局${station(name)}`,
    })),
  ),
]

/**
 * Nine digits, of the shape of GB/T 10114, for a township. The last three begin at 901, which the standard assigns to
 * no township: a code that is real would have to be the right one.
 */
export function townshipCode(place: Place): string {
  return `${place.division}${901 + PLACES.indexOf(place)}`
}

/** The county in the name of a township; null in a city without counties. */
export function countyOf(place: Place): string | null {
  return /^惠州市(.*?[区县])/.exec(place.township)?.[1] ?? null
}

/** The city of a division code, for the names of authorities. */
export function cityOf(division: string): string {
  return division.startsWith('4420') ? '中山市' : '惠州市'
}

/** Streets that are nowhere. */
export const STREETS = ['样例路', '示范街', '演示大道', '虚构里', '测试巷'] as const

/** Employers that are nobody's. */
export const EMPLOYERS = ['样例电子', '示范家具', '演示灯饰', '虚构物流', '测试服装', '范本食品', '假定机械'] as const
