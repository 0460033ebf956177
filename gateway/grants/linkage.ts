import type { FieldEntry, QuasiIdentifier } from '../catalog/catalog.ts'
import type { Language, Text } from '../vocabulary/codes.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { disclosesValue } from '../vocabulary/decision.ts'
import type { Decision, MaskRule, MaskSet } from '../vocabulary/decision.ts'
import { countCandidates, shownOfIdNumber } from '../vocabulary/linkage.ts'
import type { Candidates, Knowledge, Shown, Territory } from '../vocabulary/linkage.ts'

/**
 * The fewest candidates that a masked ID number must leave. The sequence has 999 values: with fewer than 1,000 left,
 * whoever looks knows all of the number but, at most, its sequence, and can try it out within the limits of a day.
 */
const FEWEST_CANDIDATES = 1_000

const clause = 'R809-25'

/** The data authority's signature under a linkage that it accepts. */
export interface LinkageAcceptance {
  /** Officer of the data authority. */
  readonly by: string
  readonly reason: string
  /** The count that was signed for: a signature does not cover fewer. */
  readonly candidates: number
}

/** What is linted. */
export interface LinkageCheck {
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  /**
   * The widest decision of each coordinate over all views of one department (wall 9), with the mask rules that its
   * views use.
   */
  readonly decisions: ReadonlyMap<Coordinate, Decision>
  readonly masks: MaskSet
  /** Linkages that the authority signed, by the coordinate of the masked number. */
  readonly accepted?: ReadonlyMap<Coordinate, LinkageAcceptance>
  /** Default: `FEWEST_CANDIDATES`. */
  readonly limit?: number
  /** Default: the smallest of the mainland. */
  readonly territory?: Territory
}

/** What is left of one masked ID number. */
export interface LinkageFinding {
  readonly coordinate: Coordinate
  readonly rule: MaskRule
  /** Numbers that one person can still have, at worst. */
  readonly candidates: number
  /** The same by the quasi-identifiers alone: where it is no more, the mask is not what tells. */
  readonly unaided: number
  readonly computation: Text
  /** What tells it beside the mask itself: quasi-identifiers, and other values that hold the same number. */
  readonly because: readonly Coordinate[]
  /** `TOO_FEW` is an error; `ACCEPTED` is one that the authority signed. */
  readonly verdict: 'ENOUGH' | 'TOO_FEW' | 'ACCEPTED'
  readonly clause: 'R809-25'
}

/**
 * Counts, for each masked ID number that a department may see, the numbers that one person can still have (R809-25):
 * from what the mask keeps, from quasi-identifiers that the department sees, of whatever record, since records are
 * joined by person, and from other values that hold the same number. Pure; fewest candidates first.
 *
 * A value masked whole shows nothing, and is no finding. Nor is one that holds a number which the department reads in
 * clear: there is nothing to rebuild. But an ID number that is masked while the same number is clear leaves one.
 */
export function lintLinkage(check: LinkageCheck): readonly LinkageFinding[] {
  const evidence = collectEvidence(check)
  const findings = [...check.decisions].flatMap(([at, decision]) =>
    decision.kind === 'MASK' ? lintMasked(check, evidence, at, decision.rule) : [],
  )
  return findings.toSorted((a, b) => a.candidates - b.candidates || (a.coordinate < b.coordinate ? -1 : 1))
}

/** One line for a report; where it stands in a file is the caller's. */
export function describeLinkage(finding: LinkageFinding, language: Language): string {
  const { coordinate, rule, because, verdict } = finding
  const computation = language === 'en' ? finding.computation.en : finding.computation.zh
  if (language === 'en') {
    const beside = because.length > 0 ? `; beside ${because.join(', ')}` : ''
    const next = { TOO_FEW: `; ${REMEDY.en}`, ACCEPTED: '; accepted by the data authority', ENOUGH: '' }[verdict]
    return `${coordinate} (${rule}): ${computation}${beside} (R809-25)${next}`
  }
  const beside = because.length > 0 ? `;另可见 ${because.join('、')}` : ''
  const next = { TOO_FEW: `;${REMEDY.zh}`, ACCEPTED: ';已由数据主管部门签字接受', ENOUGH: '' }[verdict]
  return `${coordinate}(${rule}):${computation}${beside}(R809-25)${next}`
}

const REMEDY: Text = {
  zh: '请收回其中一项、对号码整体脱敏(M-ALL),或由数据主管部门签字接受',
  en: 'withdraw one of them, mask the number whole (M-ALL), or have the data authority sign for it',
}

/** What quasi-identifiers tell, and which. */
interface Evidence {
  readonly knowledge: Knowledge
  readonly because: readonly Coordinate[]
}

function lintMasked(check: LinkageCheck, evidence: Evidence, at: Coordinate, rule: MaskRule): LinkageFinding[] {
  const own = shownOfIdNumber(check.masks, rule)
  const showsPart = own.head + own.tail > 0 && own.head < 18
  const numbers = idNumbersIn(at, check)
  if (!showsPart || numbers.size === 0) return []
  const kin = kinOf(at, numbers, check)
  const clear = kin.filter(({ shown }) => shown.head >= 18)
  if (clear.length > 0 && !isIdRule(rule)) return []
  const more = kin.filter(({ shown }) => shown.head > own.head || shown.tail > own.tail)
  const telling = clear.length > 0 ? clear : more
  const shown: Shown = {
    head: Math.max(own.head, ...telling.map((one) => one.shown.head)),
    tail: Math.max(own.tail, ...telling.map((one) => one.shown.tail)),
  }
  const count = countCandidates(shown, evidence.knowledge, check.territory)
  const unaided = countCandidates({ head: 0, tail: 0 }, evidence.knowledge, check.territory).candidates
  const because = [...telling.map((one) => one.at), ...(clear.length > 0 ? [] : evidence.because)]
  const { candidates } = count
  const verdict = judge(check, at, candidates)
  return [{ coordinate: at, rule, candidates, unaided, computation: explain(shown, count), because, verdict, clause }]
}

function judge(check: LinkageCheck, at: Coordinate, candidates: number): LinkageFinding['verdict'] {
  if (candidates >= (check.limit ?? FEWEST_CANDIDATES)) return 'ENOUGH'
  const signed = check.accepted?.get(at)
  return signed && candidates >= signed.candidates ? 'ACCEPTED' : 'TOO_FEW'
}

function isIdRule(rule: MaskRule | null): boolean {
  return rule === 'M-IDNO' || rule === 'M-IDNO-2'
}

/** The ID numbers that a value is or contains, however deep. */
function idNumbersIn(at: Coordinate, { fields, decisions }: LinkageCheck): ReadonlySet<Coordinate> {
  const seen = new Set<Coordinate>([at])
  // A set that grows is walked to its end, so cycles end too.
  for (const one of seen) for (const inner of fields.get(one)?.embeds ?? []) seen.add(inner)
  const isNumber = (one: Coordinate): boolean => {
    const decision = decisions.get(one)
    return isIdRule(fields.get(one)?.mask ?? null) || (decision?.kind === 'MASK' && isIdRule(decision.rule))
  }
  return new Set([...seen].filter(isNumber))
}

interface Kin {
  readonly at: Coordinate
  readonly shown: Shown
}

/** Other values that the department sees and that are or contain one of the same numbers. */
function kinOf(at: Coordinate, numbers: ReadonlySet<Coordinate>, check: LinkageCheck): readonly Kin[] {
  return [...check.decisions].flatMap(([other, decision]) => {
    if (other === at || !disclosesValue(decision)) return []
    if (numbers.isDisjointFrom(idNumbersIn(other, check))) return []
    return [{ at: other, shown: shownOfIdNumber(check.masks, visibleBy(decision)) }]
  })
}

/** The rule by which a disclosed value is seen. */
function visibleBy(decision: Decision): MaskRule {
  return decision.kind === 'MASK' ? decision.rule : 'M-NONE'
}

/** How much of a quasi-identifier is told under a rule: 0 nothing, 1 a part, 2 all. Unfit rules count as all. */
function told(kind: QuasiIdentifier, rule: MaskRule): 0 | 1 | 2 {
  if (rule === 'M-NULL' || rule === 'M-ALL') return 0
  const part = (kind === 'BIRTH_DATE' && rule === 'M-DATE') || (kind === 'DIVISION' && rule === 'M-CODE')
  return part ? 1 : 2
}

function collectEvidence({ fields, decisions }: LinkageCheck): Evidence {
  const rows = [...fields.values()].flatMap(({ coordinate: at, quasiIdentifier: kind }) => {
    const decision = decisions.get(at)
    if (kind === null || !decision || !disclosesValue(decision)) return []
    return [{ at, kind, degree: told(kind, visibleBy(decision)) }]
  })
  const most = (kind: QuasiIdentifier): number =>
    Math.max(0, ...rows.map((row) => (row.kind === kind ? row.degree : 0)))
  const knowledge: Knowledge = {
    division: ([null, 'CITY', 'COUNTY'] as const)[most('DIVISION')] ?? null,
    birth: ([null, 'YEAR', 'DATE'] as const)[most('BIRTH_DATE')] ?? null,
    sex: most('SEX') > 0,
  }
  const strongest = rows.filter(({ kind, degree }) => degree > 0 && degree === most(kind))
  return { knowledge, because: strongest.map(({ at }) => at) }
}

function explain(shown: Shown, { candidates, divisions, dates, sequences, checked }: Candidates): Text {
  if (shown.head >= 18) {
    return { zh: '剩 1 个号码:同一号码在别处可见明文', en: '1 number is left: the same number is clear elsewhere' }
  }
  const n = (count: number): string => count.toLocaleString('en-US')
  return {
    zh:
      `至少剩 ${n(candidates)} 个号码:区划 ${n(divisions)} × 出生日期 ${n(dates)} × 顺序码 ${n(sequences)}` +
      (checked ? ',其中约十一分之一与可见的校验码相符' : ''),
    en:
      `at least ${n(candidates)} numbers are left: ${n(divisions)} division(s) × ${n(dates)} birth date(s) × ` +
      `${n(sequences)} sequence number(s)${checked ? ', about one in eleven fits the visible check character' : ''}`,
  }
}
