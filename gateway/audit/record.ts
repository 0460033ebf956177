/**
 * The audit record, version 1: the seven elements of ZS-6.03 (route, user, approver, data content, time, method,
 * medium) and what ties them to a matter, a grant and a version of the rules. docs/audit-record.md explains each member.
 * A record never holds a value or an ID number (HZ-47.2): that is the duty of whoever builds the entry.
 */

/** One department that was asked, or would have been (具体途径). */
export interface AuditRoute {
  /** Department code. */
  readonly department: string
  readonly outcome: 'ok' | 'partial' | 'failed' | 'not-called'
  /** Entities that it answered with. */
  readonly entities: number
  readonly milliseconds: number
  /** The source's own time for each record type. */
  readonly asOf: readonly { readonly type: string; readonly asOf: string }[]
}

/** One schema coordinate with what was decided (数据内容). */
export interface AuditDatum {
  /** `Type.field`. */
  readonly coordinate: string
  readonly decision: 'ALLOW' | 'MASK' | 'VERIFY_ONLY' | 'DENY'
  readonly code?: string
  readonly clause?: string
  readonly grant?: string
  /** Masking rule. */
  readonly rule?: string
}

/** What the gateway supplies for one operation; chain, number and hash are the log's. */
export interface AuditEntry {
  readonly receipt: string
  /** ISO 8601 instant with `Z` or an offset. Order is `seq`, never this: clocks step back. */
  readonly time: string
  readonly method: 'query' | 'mutation' | 'introspection' | 'refused' | 'analysis' | 'summary'
  readonly medium: 'api-response'
  readonly route: readonly AuditRoute[]
  /** 使用人员: department, application and officer, null where the caller stayed unknown. */
  readonly department: string | null
  readonly application: string | null
  readonly officer: string | null
  readonly roles: readonly string[]
  /** The department that the caller acted for; the grants are that one's (ZS-7.04). */
  readonly actingFor?: string
  /** The caller's department takes part by reference only (ZS-1.04, ZS-1.05). */
  readonly byReference?: true
  /** In whose standing a document was explained: the caller's own, or for an authority another's; no data was read. */
  readonly explains?: { readonly department: string; readonly application: string; readonly matter: string | null }
  readonly matter: string | null
  readonly case: string | null
  /** 批准人员: the approver of each grant used, or `NONE-UNCONDITIONAL`. */
  readonly approvers: readonly string[]
  readonly grants: readonly string[]
  readonly data: readonly AuditDatum[]
  /** Keyed pseudonyms (pseudonym.ts). */
  readonly subjects: readonly string[]
  readonly operation: { readonly hash: string | null; readonly aliases: Readonly<Record<string, string>> } | null
  /** Names, and hashes keyed and salted for this record alone (pseudonym.ts). */
  readonly arguments: readonly { readonly name: string; readonly hash: string }[]
  /** The salt of `arguments`, base64url. */
  readonly salt: string
  readonly versions: {
    readonly regime: string
    readonly catalog: string
    readonly gateway: string
    /** Set of masking rules and its version, e.g. `strict/1`. */
    readonly masks?: string
  }
  readonly generation: number
  readonly outcome: { readonly status: number; readonly codes: readonly string[] }
  readonly result: { readonly bytes: number; readonly entities: number }
  readonly milliseconds: number
  readonly lane: 'apollo' | 'fast' | 'none'
  /** Names of what was unavailable and bypassed. */
  readonly degraded: readonly string[]
  /** Only with method `summary`: how many refusals this record stands for. */
  readonly count?: number
}

/** A record as it stands in a segment. */
export interface AuditRecord extends AuditEntry {
  readonly v: 1
  readonly kind: 'record'
  /** The chain's ID, so that a record of another chain cannot be spliced in. */
  readonly chain: string
  /** 1, 2, 3 … without gaps over all segments of the chain. */
  readonly seq: number
  /** Hash of the record before; `GENESIS` for the first. */
  readonly prev: string
  /** SHA-256, hex, of `prev` and this line without `hash` (line.ts). */
  readonly hash: string
}
