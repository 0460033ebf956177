import type { RegimeName } from '../../regime/regime.ts'
import type { Text } from '../../vocabulary/codes.ts'

/** Whose regulation a regime is: the name in the head of a report. */
export const CITY_NAMES: Readonly<Record<RegimeName, Text>> = {
  zhongshan: { zh: '中山市', en: 'Zhongshan' },
  huizhou: { zh: '惠州市', en: 'Huizhou' },
  nantong: { zh: '南通市', en: 'Nantong' },
  fushun: { zh: '抚顺市', en: 'Fushun' },
  zhejiang: { zh: '浙江省', en: 'Zhejiang' },
  national: { zh: '全国政务数据共享', en: 'National data sharing' },
}
