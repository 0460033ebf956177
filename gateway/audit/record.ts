/**
 * The audit record, version 2: the seven elements of ZS-6.03 (route, user, approver, data content, time, method,
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
  /** Of these, those for which it was not asked: they were kept, or on their way for somebody else; absent for none. */
  readonly kept?: number
  readonly milliseconds: number
  /** The source's own time for each record type. */
  readonly asOf: readonly { readonly type: string; readonly asOf: string }[]
}

/** One schema coordinate with what was decided (数据内容). */
export interface AuditDatum {
  /** `Type.field`. */
  readonly coordinate: string
  readonly decision: 'ALLOW' | 'MASK' | 'VERIFY_ONLY' | 'DENY'
  /** Departments that would answer it, by code; absent where the gateway itself does (HZ-59.2). Since version 2. */
  readonly providers?: readonly string[]
  readonly code?: string
  readonly clause?: string
  readonly grant?: string
  /** Masking rule. */
  readonly rule?: string
  /** Number under which the masking was approved, where it alone opens the field (ZJ-22.3). Since version 2. */
  readonly approval?: string
}

/** What one grant that was used rests on (批准人员): an auditor sees whose approval stands behind which. Since version 2. */
export interface AuditApproval {
  readonly grant: string
  readonly approvers: readonly {
    /** In what part: the provider, the platform, the working agency, the data authority. */
    readonly by: 'PROVIDER' | 'PLATFORM' | 'AGENCY' | 'AUTHORITY'
    readonly officer: string
  }[]
  /** Number of the security agreement (HZ-48). */
  readonly agreement?: string
  /** Number of the consent to copying (ZJ-23.2). */
  readonly copyConsent?: string
}

/**
 * Different persons and firms that were asked about, this operation's included, as the gateway's counters had it: of
 * the case, and of officer, application and department in the hour or the day (S09). Since version 2.
 */
export interface AuditCounted {
  readonly case?: number
  readonly officerHour?: number
  readonly officerDay?: number
  readonly applicationHour?: number
  readonly departmentDay?: number
}

/** The bound that an operation was refused for. Since version 2. */
export interface AuditExceeded {
  readonly bound:
    | 'CASE'
    | 'OFFICER_HOUR'
    | 'OFFICER_DAY'
    | 'APPLICATION_HOUR'
    | 'DEPARTMENT_DAY'
    | 'GRANT_CALLS'
    | 'GRANT_SUBJECTS'
    | 'GRANT_ROWS'
  /** How many there would have been. */
  readonly count: number
  readonly most: number
  /** The grant whose quota it is. */
  readonly grant?: string
}

/** A declared emergency; `until` is the ISO 8601 instant at which it is over, as far as was known. */
export interface AuditEmergency {
  readonly id: string
  /** Number of the incident. */
  readonly incident: string
  readonly declaredBy: string
  /** The second officer; null where none had approved. */
  readonly approvedBy: string | null
  readonly until: string
}

/** What was compared, and what came of it (ZS-4.09); never what was claimed, nor a value. */
export interface AuditVerification {
  /** Receipt of the operation of which this record is one row. */
  readonly of?: string
  /** Which row, from 1. */
  readonly row?: number
  /** Rows of the operation. */
  readonly rows: number
  /** Receipt of the operation whose answer was given again under the same idempotency key. */
  readonly repeats?: string
  /** Of one row; the record of an operation of several has none, its rows have them. */
  readonly items: readonly {
    /** Null where no such item of the subject is in the catalogue. */
    readonly coordinate: string | null
    readonly outcome: 'MATCH' | 'NO_MATCH' | 'NO_RECORD' | null
    /** Why there is no outcome. */
    readonly code: string | null
    /** Which attempt of the officer at this item in the case; null where nothing was counted. */
    readonly attempt: number | null
    /** Keyed hash of the claim, salted by the receipt: the same as in the signed receipt. */
    readonly claim: string | null
  }[]
}

/** One table of counts: what was counted, by which dimensions, and how many groups were told; never a count. */
export interface AuditStatistics {
  /** Record type. */
  readonly of: string
  /** Coordinates that it was grouped or filtered by. */
  readonly dimensions: readonly string[]
  readonly groups: number
}

/** What the gateway supplies for one operation; chain, number and hash are the log's. */
export interface AuditEntry {
  readonly receipt: string
  /** ISO 8601 instant with `Z` or an offset. Order is `seq`, never this: clocks step back. */
  readonly time: string
  readonly method: 'query' | 'verify' | 'mutation' | 'introspection' | 'refused' | 'analysis' | 'summary'
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
  /** The emergency that the caller stated, where it is known, whether or not it held (ZS-4.10). */
  readonly emergency?: AuditEmergency
  /** 批准人员: the approver of each grant used, declarer and second officer of an emergency, or `NONE-UNCONDITIONAL`. */
  readonly approvers: readonly string[]
  readonly grants: readonly string[]
  /** Of each of `grants`, whose approval it rests on; absent where there is none. Since version 2. */
  readonly approvals?: readonly AuditApproval[]
  readonly data: readonly AuditDatum[]
  /** Keyed pseudonyms (pseudonym.ts). */
  readonly subjects: readonly string[]
  /**
   * How many of `subjects`, from the first on, the operation was about: looked up by number, or listed. The others were
   * reached from them by a reference, and are never told of it by a citizen's report. Since version 2.
   */
  readonly objects?: number
  /**
   * Of the resident numbers that were looked up, the keyed hash of division and birth date, each with how many there
   * were: neighbouring numbers are found without any number (S13). Since version 2.
   */
  readonly neighbours?: readonly { readonly group: string; readonly count: number }[]
  readonly operation: {
    readonly hash: string | null
    readonly aliases: Readonly<Record<string, string>>
    /** Id of the registered operation; null: it is none, and the department wants that told (ZS-4.01(3)). */
    readonly registered?: string | null
  } | null
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
  /** Only of a verification. */
  readonly verification?: AuditVerification
  /** Only where records were counted in groups (ZS-5.09). */
  readonly statistics?: readonly AuditStatistics[]
  readonly outcome: { readonly status: number; readonly codes: readonly string[] }
  /** Only where the caller was taken to try numbers out (S13): by what, of whom it was counted, and how many. */
  readonly finding?: {
    readonly kind: 'NEIGHBOURHOOD' | 'NO_HIT'
    readonly of: 'OFFICER' | 'APPLICATION' | 'DEPARTMENT'
    readonly count: number
  }
  /** Where subjects were counted. Since version 2. */
  readonly counted?: AuditCounted
  /** Where it was refused for how much had been asked. Since version 2. */
  readonly exceeded?: AuditExceeded
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
  /** 1 before the record named objects, neighbours and providers. */
  readonly v: 1 | 2
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
