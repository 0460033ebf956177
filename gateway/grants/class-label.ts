import type { SharingClass } from '../catalog/catalog.ts'
import type { Regime } from '../regime/regime.ts'
import type { Text } from '../vocabulary/codes.ts'

/** The catalogue's own words, for a regime that names no classes (FS-8). */
const CATALOG_WORDS: Readonly<Record<SharingClass, Text>> = {
  UNCONDITIONAL: { zh: '无条件(目录登记)', en: 'unconditional' },
  CONDITIONAL: { zh: '有条件(目录登记)', en: 'conditional' },
  NOT_SHARED: { zh: '不予共享(目录登记)', en: 'not shared' },
}

/** How a class is called: in Chinese as the regime's own text has it, e.g. 受限共享类 (ZJ-22.1); English only translates. */
export function classLabel(regime: Regime, of: SharingClass): Text {
  const words = CATALOG_WORDS[of]
  return { zh: regime.parameters[`classes.labels.${of}`]?.value ?? words.zh, en: words.en }
}
