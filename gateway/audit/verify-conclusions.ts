import type { TrustedHead } from './verify-heads.ts'
import type { VerifyReport } from './verify-report.ts'
import type { Text } from '../vocabulary/codes.ts'

type Facts = Pick<VerifyReport, 'records' | 'range' | 'removed' | 'last' | 'headed' | 'roots' | 'faults'>

/** What was held against the records: only of that is anything said to be proved. */
export interface Compared {
  /** How far the checkpoint that the reader trusted was compared: by root and hash, by hash alone, or not at all. */
  readonly trusted: 'root' | 'hash' | 'not'
  /** Checkpoints that were compared with nothing: their record was not read, or is gone. */
  readonly left: readonly Pick<TrustedHead, 'file' | 'seq'>[]
}

/** The sentences of a report: what it proves, and what nobody can conclude from it. */
export function conclusions(report: Facts, compared: Compared): Pick<VerifyReport, 'proved' | 'notProved'> {
  return {
    proved: report.faults.length === 0 ? proved(report, compared) : [BROKEN],
    notProved: notProved(report, compared),
  }
}

const BROKEN: Text = {
  zh: '日志已受损:除上列各处外,其余记录的哈希相符,但整条链的完整性不成立。',
  en: 'The log is damaged: other records fit their hashes, but the chain as a whole is not proved.',
}

function proved({ records, range, removed, last, headed, roots }: Facts, { trusted }: Compared): readonly Text[] {
  const whole: Text = {
    zh: `第 ${range.first} 至 ${last.seq} 条共 ${records} 条记录:未被改动、未被删除、未被调换(哈希链)。`,
    en: `Records ${range.first} to ${last.seq}, ${records} in all: none was changed, removed or moved (hash chain).`,
  }
  const signed: Text = {
    zh: `至第 ${headed} 条为止,这就是持有签名密钥的网关所写的链(签名的检查点)。`,
    en: `Up to record ${headed} this is the chain that the gateway with the signing key wrote (signed checkpoints).`,
  }
  const trees: Text = {
    zh: `${roots} 个签名的 Merkle 树根由记录重新算出,均相符:对它们的包含证明成立。`,
    en: `${roots} signed Merkle roots were computed again from the records and agree: proofs against them hold.`,
  }
  return [
    whole,
    ...(headed >= range.first ? [signed] : []),
    ...(roots > 0 ? [trees] : []),
    ...(range.trusted === null || trusted === 'not' ? [] : [continued(range.trusted, trusted)]),
    ...(removed === null ? [] : [removedInOrder(removed.last, removed.orders)]),
  ]
}

function continued(trusted: number, by: 'root' | 'hash'): Text {
  if (by === 'hash') {
    return {
      zh: `所给检查点所载第 ${trusted} 条的哈希,与此处该条相同;树根未比对。`,
      en: `Record ${trusted} has the hash that the checkpoint given states; a root was not compared.`,
    }
  }
  return {
    zh: `所读记录接续所给检查点(至第 ${trusted} 条)所述的那条链:它的树根由此处的段首算出。`,
    en: `What was read continues the very log of the checkpoint given (up to record ${trusted}): its root follows from the header here.`,
  }
}

function removedInOrder(last: number, orders: number): Text {
  return {
    zh: `第 1 至 ${last} 条已按 ${orders} 份签名的决定删除;决定所载的哈希和树根与其后的记录相接。`,
    en: `Records 1 to ${last} were removed by ${orders} signed order(s), whose hash and tree the records behind them continue.`,
  }
}

function notProved({ range, removed, last, headed }: Facts, { left, trusted }: Compared): readonly Text[] {
  const before = range.first - 1
  const unread = before > (removed?.last ?? 0)
  return [
    ...(unread ? [unreadTexts(before, trusted !== 'not')] : []),
    ...(range.toEnd ? [] : [beyond(last.seq)]),
    ...(removed === null ? [] : [contentGone(removed.last)]),
    ...(range.toEnd && last.seq > headed ? [tail(Math.max(headed + 1, range.first), last.seq)] : []),
    ...notCompared(left),
    ...LIMITS,
  ]
}

/** Those of the directory together; of those given each record, since somebody wanted to know. */
function notCompared(left: Compared['left']): readonly Text[] {
  const given = [...new Set(left.filter(({ file }) => file.startsWith('--')).map(({ seq }) => seq))]
  const own = left.filter(({ file }) => !file.startsWith('--')).length
  const [which, many] = [given.join('、'), given.join(', ')]
  const kept: Text = {
    zh: `所给检查点(至第 ${which} 条)未能比对:该条没有读到。它是否属于这条链,不得而知。`,
    en: `The checkpoint(s) given of record ${many} were compared with nothing: that record was not read. Whether they are of this log is not shown.`,
  }
  const others: Text = {
    zh: `本目录中 ${own} 个检查点未能比对:其所载记录没有读到,或已删除。`,
    en: `${own} checkpoint(s) of this directory were compared with nothing: their records were not read, or are gone.`,
  }
  return [...(given.length > 0 ? [kept] : []), ...(own > 0 ? [others] : [])]
}

function unreadTexts(before: number, trusted: boolean): Text {
  const whose: Text = trusted
    ? { zh: '此处以所给检查点为准', en: 'the checkpoint given was taken at its word' }
    : { zh: '此处以签名的段首为准', en: 'the signed header was taken at its word' }
  return {
    zh: `第 1 至 ${before} 条没有读:${whose.zh},它们是否还在、是否原样,未作检查。`,
    en: `Records 1 to ${before} were not read: ${whose.en}; whether they are still there, unchanged, was not looked at.`,
  }
}

function beyond(last: number): Text {
  return {
    zh: `第 ${last} 条之后的记录没有读。`,
    en: `Records behind ${last} were not read.`,
  }
}

function contentGone(last: number): Text {
  return {
    zh: `第 1 至 ${last} 条写了什么:已删除,只能由另存的副本对照。`,
    en: `What records 1 to ${last} said: they are gone, and only a copy kept elsewhere can be held against the chain.`,
  }
}

function tail(from: number, last: number): Text {
  return {
    zh: `第 ${from} 至 ${last} 条之后尚无签名检查点:此处的尾部若被截去或重写,无从发现。`,
    en: `Records ${from} to ${last} are under no signed checkpoint yet: cutting or rewriting this tail would leave no trace.`,
  }
}

const LIMITS: readonly Text[] = [
  {
    zh: '本目录是否为最新:记录和检查点若一并从尾部截去,此处看不出。请用另存的检查点比对(--head)。',
    en: 'That this directory is the newest: records and checkpoints cut off together do not show here. Compare with a checkpoint kept elsewhere (--head).',
  },
  {
    zh: '持有签名密钥的人没有重写:密钥的保管不在此证明之内。',
    en: 'That nobody with the signing key rewrote the chain: how the key is kept is not shown here.',
  },
  {
    zh: '记录所述是否属实:此处证明的是写下的内容没有变过。',
    en: 'That what the records say is true: shown is that what was written has not changed.',
  },
]
