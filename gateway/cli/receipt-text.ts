import type { ReceiptContent, ReceiptItem, ReceiptOutcome } from '../verify/receipt.ts'
import type { Language, Text } from '../vocabulary/codes.ts'
import { columns, padColumns } from './box.ts'
import { inLanguage } from './terminal.ts'

const OUTCOMES: Readonly<Record<ReceiptOutcome, Text>> = {
  MATCH: { zh: '相符', en: 'matches' },
  NO_MATCH: { zh: '不相符', en: 'does not match' },
  NO_RECORD: { zh: '无记录', en: 'no record' },
  OBTAINED: { zh: '已由共享取得', en: 'obtained by sharing' },
  MASKED: { zh: '已脱敏取得', en: 'obtained masked' },
  VERIFIABLE: { zh: '可以核实', en: 'can be verified' },
  UNAVAILABLE: { zh: '数据源暂不可用', en: 'source unavailable' },
  TO_BE_APPLIED_FOR: { zh: '须由本部门申请共享', en: 'to be applied for by the department' },
  TO_BE_ASKED: { zh: '须请申请人提供', en: 'to be asked of the citizen' },
}

/** A genuine receipt for people: a line for each thing that it says, and for each item with its outcome. */
export function receiptText(said: ReceiptContent, language: Language): string {
  const facts = factsOf(said).flatMap(([label, value]) =>
    value === null ? [] : [[inLanguage(label, language), value] as const],
  )
  const width = Math.max(...facts.map(([label]) => columns(label)))
  return [
    inLanguage({ zh: '回执真实,签发后未被改动', en: 'The receipt is genuine and unchanged' }, language),
    ...facts.map(([label, value]) => `  ${padColumns(label, width)}  ${value}`),
    inLanguage({ zh: '所载各项:', en: 'What it says:' }, language),
    ...said.items.map((item) => itemText(item, language)),
  ].join('\n')
}

function factsOf(said: ReceiptContent): readonly (readonly [Text, string | null])[] {
  return [
    [{ zh: '回执号', en: 'Receipt' }, said.receipt],
    [{ zh: '出具时间', en: 'Issued at' }, said.issuedAt],
    [{ zh: '部门', en: 'Department' }, said.department],
    [{ zh: '应用', en: 'Application' }, said.application],
    [{ zh: '经办人', en: 'Officer' }, said.officer],
    [{ zh: '事项', en: 'Matter' }, said.matter],
    [{ zh: '办件', en: 'Case' }, said.case],
    [{ zh: '相对人化名', en: 'Subject (pseudonym)' }, said.subject],
    [{ zh: '适用规定', en: 'Regulation' }, said.regime],
    [{ zh: '目录版本', en: 'Catalogue' }, said.catalogVersion],
    [{ zh: '网关版本', en: 'Gateway' }, said.gatewayVersion],
  ]
}

function itemText({ title, coordinate, outcome, source, sourceTitle, asOf, clause }: ReceiptItem, language: Language) {
  const time = asOf === null ? [] : [inLanguage({ zh: `数据时间 ${asOf}`, en: `as of ${asOf}` }, language)]
  const ground = clause === null ? [] : [clause]
  const details = [`${sourceTitle} ${source}`, ...time, ...ground].join(', ')
  return `  - ${title} ${coordinate}: ${inLanguage(OUTCOMES[outcome], language)} (${details})`
}
