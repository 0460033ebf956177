import type { Text } from '../vocabulary/codes.ts'

/** What can be wrong with a log, and how it reads. Position stands beside it: file, line and record number. */
export const FAULT_TEXTS = {
  changed: { zh: '记录内容被改动,与其哈希不符', en: 'the record was changed: its hash does not fit its bytes' },
  unreadable: { zh: '此行不是审计日志的行,已被改动', en: 'the line is none of this log: it was changed' },
  recomputed: {
    zh: '记录连同哈希被重写:后一条记录、签名的段首、段尾或链头所载哈希与之不同',
    en: 'the record was rewritten with its hash: the next record, or a signed header, seal or head, knows another hash',
  },
  removed: { zh: '记录被删除', en: 'records were removed' },
  swapped: { zh: '记录次序被调换', en: 'the record stands out of order' },
  inserted: {
    zh: '多出的记录:编号重复或超出本段',
    en: 'the record does not belong here: its number is taken or beyond the segment',
  },
  torn: {
    zh: '此行没有写完(断电后可能出现;未写完的记录从未确认,下次启动会登记此事)',
    en: 'the line was not written to its end (a power cut leaves this; the record was never acknowledged, the next start notes it)',
  },
  'cut-tail': { zh: '尾部被截去:签名表明其后还有记录', en: 'the tail was cut: a signature knows records beyond it' },
  'segment-removed': { zh: '整段被删除', en: 'a whole segment was removed' },
  'header-missing': { zh: '段首缺失或被改动', en: "the segment's header is missing or was changed" },
  'seal-removed': { zh: '段尾封记被删除', en: "the segment's seal was removed" },
  'head-removed': { zh: '签名链头被删除', en: 'signed heads were removed' },
  'heads-missing': { zh: '没有任何签名链头', en: 'there is no signed head at all' },
  'bad-signature': { zh: '签名无效', en: 'the signature is not valid' },
  'unknown-key': { zh: '签名密钥不在所给公钥之列', en: 'the key of the signature is none of the public keys given' },
  schema: { zh: '记录不符合规范', en: 'the record breaks its specification' },
  'foreign-chain': { zh: '此行属于另一条链', en: 'the line belongs to another chain' },
} as const satisfies Record<string, Text>

export type FaultKind = keyof typeof FAULT_TEXTS

/** One thing wrong, with its place. */
export interface AuditFault {
  readonly kind: FaultKind
  readonly file: string
  /** Line in the file, from 1; null when a file is not there. */
  readonly line: number | null
  /** Number of the record, or of the first missing one; null when it is not about a record. */
  readonly seq: number | null
  /** Number of the last record concerned, when several are missing. */
  readonly through: number | null
}

/** What is worth knowing and wrong with nothing: each is accounted for by a signed header, or belongs to a running log. */
export const NOTICE_TEXTS = {
  'left-open': {
    zh: '进程未正常结束,链在下一段继续',
    en: 'the process ended out of order; the chain goes on in the next segment',
  },
  'left-torn': {
    zh: '断电留下未写完的行,链在下一段继续',
    en: 'a power cut left an unfinished line; the chain goes on in the next segment',
  },
  'left-retired': {
    zh: '磁盘写入失败,该段停用,链在下一段继续',
    en: 'the disk failed, the segment was retired; the chain goes on in the next one',
  },
  abandoned: { zh: '停用后遗留的行,从未确认', en: 'lines left behind, never acknowledged' },
  open: { zh: '最后一段尚未封记', en: 'the last segment is not sealed' },
  'head-torn': { zh: '未写完的链头', en: 'an unfinished head' },
} as const satisfies Record<string, Text>

export type NoticeKind = keyof typeof NOTICE_TEXTS

export interface AuditNotice {
  readonly kind: NoticeKind
  readonly file: string
  /** How many lines it is about. */
  readonly lines: number
}

/** What a verification found, and what it proves and does not prove. */
export interface VerifyReport {
  /** The chain's ID; null when no header could be trusted. */
  readonly chain: string | null
  readonly records: number
  readonly segments: number
  readonly heads: number
  /** The last record. */
  readonly last: { readonly seq: number; readonly hash: string }
  /** Number of the last record under a signed head. */
  readonly headed: number
  /** Whether a writer was at work. */
  readonly live: boolean
  readonly faults: readonly AuditFault[]
  readonly notices: readonly AuditNotice[]
  /** What follows from this, in sentences. */
  readonly proved: readonly Text[]
  /** What no one can conclude from it. */
  readonly notProved: readonly Text[]
}

/** Where the parts of the verification put what they find. */
export interface Findings {
  readonly faults: AuditFault[]
  readonly notices: AuditNotice[]
}

/** A fault at a line. */
export function fault(
  kind: FaultKind,
  file: string,
  line: number | null,
  seq: number | null = null,
  through: number | null = null,
): AuditFault {
  return { kind, file, line, seq, through }
}

/** The sentences of a report. */
export function conclusions(
  report: Pick<VerifyReport, 'records' | 'last' | 'headed' | 'faults'>,
): Pick<VerifyReport, 'proved' | 'notProved'> {
  const { records, last, headed, faults } = report
  const whole: Text = {
    zh: `第 1 至 ${last.seq} 条共 ${records} 条记录:未被改动、未被删除、未被调换(SHA-256 链)。`,
    en: `Records 1 to ${last.seq}, ${records} in all: none was changed, removed or moved (SHA-256 chain).`,
  }
  const signed: Text = {
    zh: `至第 ${headed} 条为止,这就是持有签名密钥的网关所写的链(Ed25519 链头)。`,
    en: `Up to record ${headed} this is the chain that the gateway with the signing key wrote (Ed25519 heads).`,
  }
  const broken: Text = {
    zh: '日志已受损:除上列各处外,其余记录的哈希相符,但整条链的完整性不成立。',
    en: 'The log is damaged: other records fit their hashes, but the chain as a whole is not proved.',
  }
  return { proved: faults.length === 0 ? [whole, signed] : [broken], notProved: limits(last.seq, headed) }
}

function limits(last: number, headed: number): readonly Text[] {
  const tail: Text = {
    zh: `第 ${headed + 1} 至 ${last} 条之后尚无签名链头:此处的尾部若被截去或重写,无从发现。`,
    en: `Records ${headed + 1} to ${last} are under no signed head yet: cutting or rewriting this tail would leave no trace.`,
  }
  return [
    ...(last > headed ? [tail] : []),
    {
      zh: '本目录是否为最新:记录和链头若一并从尾部截去,此处看不出。请用另存的链头比对(--head)。',
      en: 'That this directory is the newest: records and heads cut off together do not show here. Compare with a head kept elsewhere (--head).',
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
}
