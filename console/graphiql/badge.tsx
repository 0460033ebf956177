interface Kind {
  readonly mark: string
  readonly zh: string
  readonly meaning: string
}

/** The four decisions in words: a mark and a word beside the colour, for whoever does not see the colour. */
export const KINDS: Readonly<Record<string, Kind>> = {
  ALLOW: { mark: '✓', zh: '允许', meaning: '原值 The clear value' },
  MASK: { mark: '◐', zh: '遮盖', meaning: '遮盖后的值 A masked value' },
  VERIFY_ONLY: { mark: '=', zh: '仅核实', meaning: '不返回内容,只能比对 Compared, never shown' },
  DENY: { mark: '✕', zh: '拒绝', meaning: '不提供,也未查询 Refused and not fetched' },
}

/** One decision as a coloured badge; `count` appends how many there are. */
export function Badge({ decision, count }: { readonly decision: string; readonly count?: number }) {
  const kind = KINDS[decision]
  return (
    <span className={`gx-badge gx-badge-${decision.toLowerCase()}`}>
      <span aria-hidden="true">{kind?.mark ?? '?'}</span> {kind?.zh} {decision}
      {count !== undefined && <b className="gx-count">{count}</b>}
    </span>
  )
}
