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
  tree: {
    zh: '签名的 Merkle 树根与记录不符',
    en: 'a signed Merkle root is none of these records',
  },
  'order-removed': {
    zh: '保留或删除的决定缺失或次序不符',
    en: 'an order on keeping or removing is gone, or out of order',
  },
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
  'removed-in-order': {
    zh: '期满的记录已按签名的决定删除',
    en: 'records whose time was over were removed by a signed order',
  },
  'removal-unfinished': {
    zh: '按决定应删除的段仍在(下次执行时补完)',
    en: 'segments that an order removed are still there (the next removal finishes it)',
  },
  'head-torn': { zh: '未写完的链头', en: 'an unfinished head' },
} as const satisfies Record<string, Text>

export type NoticeKind = keyof typeof NOTICE_TEXTS

export interface AuditNotice {
  readonly kind: NoticeKind
  readonly file: string
  /** How many lines it is about. */
  readonly lines: number
}

/** Which records a verification read, and on whose word the others were taken. */
export interface VerifiedRange {
  /** Number of the first record that was read; one behind `last` where there was none. */
  readonly first: number
  /** Number of the checkpoint's last record, where the reader trusted one; its log is continued by what was read. */
  readonly trusted: number | null
  /** Whether the chain's end is in it. */
  readonly toEnd: boolean
}

/** Records that an order removed; the chain goes on behind them. */
export interface RemovedRange {
  readonly last: number
  readonly orders: number
}

/** What a verification found, and what it proves and does not prove. */
export interface VerifyReport {
  /** The chain's ID; null when no header could be trusted. */
  readonly chain: string | null
  readonly records: number
  readonly segments: number
  readonly heads: number
  readonly range: VerifiedRange
  /** Null where nothing was ever removed. */
  readonly removed: RemovedRange | null
  /** The last record. */
  readonly last: { readonly seq: number; readonly hash: string }
  /** Number of the last record under a signed head. */
  readonly headed: number
  /** How many signed Merkle roots were computed again from the records. */
  readonly roots: number
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
