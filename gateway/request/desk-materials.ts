import type { ResourceEntry } from '../catalog/catalog.ts'
import type { Matter } from '../grants/registers.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Language, Text } from '../vocabulary/codes.ts'
import { typeOf } from '../vocabulary/coordinate.ts'
import type { DeskItem, MaterialStatus } from './desk-item.ts'

/** One material (材料) that a matter needs, as its type in the schema has it. */
export interface DeskMaterial {
  readonly code: string
  readonly title: string
  readonly status: MaterialStatus
  /** Clause that forbids asking the citizen for it; null where none does. */
  readonly clause: Clause | null
  /** What the clerk does next. */
  readonly text: string
  readonly items: readonly DeskItem[]
}

/** What materials are made from. */
export interface MaterialParts {
  readonly matter: Matter
  readonly resources: readonly ResourceEntry[]
  readonly regime: Regime
  readonly language: Language
}

/** The materials that the matter names, and one for each record type of what it names beside them. */
export function materialsOf(parts: MaterialParts, items: readonly DeskItem[]): readonly DeskMaterial[] {
  const named = (parts.matter.materials ?? []).map((one) => ({
    ...one,
    items: items.filter(({ coordinate }) => one.fields.includes(coordinate)),
  }))
  const covered = new Set(named.flatMap((one) => one.items.map(({ coordinate }) => coordinate)))
  const others = Map.groupBy(
    items.filter(({ coordinate }) => !covered.has(coordinate)),
    ({ coordinate }) => typeOf(coordinate),
  )
  const unnamed = [...others].map(([type, of]) => {
    const resource = parts.resources.find((one) => one.type === type)
    return { code: resource?.code ?? type, title: resource?.title ?? PERSONAL, items: of }
  })
  return [...named, ...unnamed]
    .filter((one) => one.items.length > 0)
    .map(({ code, title, items: of }) => materialOf(parts, { code, title, items: of }))
}

/** What is held of the subject itself, and not in a record of a department. */
const PERSONAL = '基本身份信息'

function materialOf(
  { regime, language }: MaterialParts,
  { code, title, items }: Pick<DeskMaterial, 'code' | 'title' | 'items'>,
): DeskMaterial {
  const status = materialStatus(items)
  const rule = status === 'TO_BE_ASKED' ? null : regime.parameters.noRepeatSubmission
  const [says, adds] = [TEXTS[status], rule && status !== 'VERIFIABLE' ? FORBIDDEN[rule.value] : null]
  const text =
    language === 'en' ? [says.en, adds?.en].filter(Boolean).join('; ') : [says.zh, adds?.zh].filter(Boolean).join(',')
  return { code, title, status, clause: rule?.clause ?? null, text, items }
}

/**
 * What is not there must be asked for; what the city would provide is applied for; a source that is silent is tried again, for what the city holds is
 * not asked for (ZS-3.01); what cannot be shown is verified.
 */
function materialStatus(items: readonly DeskItem[]): MaterialStatus {
  const has = (status: MaterialStatus): boolean => items.some((one) => one.status === status)
  if (has('TO_BE_ASKED')) return 'TO_BE_ASKED'
  if (has('TO_BE_APPLIED_FOR')) return 'TO_BE_APPLIED_FOR'
  if (has('UNAVAILABLE')) return 'UNAVAILABLE'
  return has('VERIFIABLE') ? 'VERIFIABLE' : 'OBTAINED'
}

const TEXTS: Readonly<Record<MaterialStatus, Text>> = {
  OBTAINED: { zh: '已由共享取得', en: 'Obtained by sharing' },
  VERIFIABLE: {
    zh: '内容不予显示:由申请人报出或者出示,用 verifyItems 核实,不收取材料',
    en: 'Not shown: verify with verifyItems what the citizen states or shows; nothing is collected',
  },
  UNAVAILABLE: { zh: '数据源暂时没有答复,请稍后再试', en: 'The source does not answer: try again later' },
  TO_BE_APPLIED_FOR: {
    zh: '本部门尚未取得有效授权,请申请共享',
    en: 'Your department has no grant in force: apply for it',
  },
  TO_BE_ASKED: {
    zh: '未能全部由共享取得,请申请人提供',
    en: 'Not, or not all, available by sharing: ask the citizen for it',
  },
}

/** What the regulation says of asking the citizen for it; one that is silent forbids nothing. */
const FORBIDDEN: Readonly<Record<'FORBIDDEN' | 'EXCEPT_BY_LAW' | 'REPEATED_COLLECTION', Text>> = {
  FORBIDDEN: { zh: '不得要求申请人另行提供', en: 'the citizen must not be asked for it' },
  EXCEPT_BY_LAW: {
    zh: '除法律、法规另有规定外,不得要求申请人重复提交',
    en: 'unless a law says otherwise, the citizen must not be asked for it again',
  },
  REPEATED_COLLECTION: { zh: '不得重复收集', en: 'it must not be collected again' },
}
