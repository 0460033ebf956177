/** A shield with a tick: what may be seen. */
export function DecisionsIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
      <path d="M12 3l7 2.6v5.2c0 4.6-2.9 8-7 10.2-4.1-2.2-7-5.6-7-10.2V5.6z" strokeLinejoin="round" />
      <path d="M8.8 12.1l2.3 2.3 4.2-4.6" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}

/** A page of entries. */
export function CodesIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
      <rect x="4.5" y="3.5" width="15" height="17" rx="2" />
      <path d="M8 8.2h.5M8 12h.5M8 15.8h.5M11 8.2h5.2M11 12h5.2M11 15.8h5.2" strokeLinecap="round" />
    </svg>
  )
}
