import { useGraphiQLActions } from '@graphiql/react'
import { CODES_TITLE } from './codes-panel.tsx'
import { standingOf } from './headers.ts'
import { openPanel } from './panels.ts'
import { currentAnswer, usePage } from './store.ts'
import type { PageStore } from './store.ts'

function Chip({ label, value }: { readonly label: string; readonly value: string | null }) {
  return (
    <span className="gx-chip" data-empty={value === null}>
      <span className="gx-chip-label">{label}</span> {value ?? '—'}
    </span>
  )
}

function Standing({ store }: { readonly store: PageStore }) {
  const text = usePage(store, (state) => state.headersText)
  const regime = usePage(store, (state) => currentAnswer(state)?.regime ?? null)
  const standing = standingOf(text)
  if (!standing.readable) {
    return <span className="gx-warning">请求头不是有效的 JSON · Headers are not valid JSON</span>
  }
  return (
    <>
      <Chip label="制度 Regime" value={regime} />
      <Chip label="部门 Department" value={standing.department} />
      <Chip label="人员 Officer" value={standing.officer} />
      <Chip label="事项 Matter" value={standing.matter} />
      <Chip label="办件 Case" value={standing.case} />
    </>
  )
}

/** Shown when the schema on the page was read under other headers than those in the editor now. */
function ReloadSchema({ store }: { readonly store: PageStore }) {
  const stale = usePage(store, (state) => state.schemaHeaders !== null && state.schemaHeaders !== state.headersText)
  const actions = useGraphiQLActions()
  if (!stale) return null
  return (
    <button type="button" className="gx-button" onClick={() => void actions.introspect()}>
      请求头已改,重载目录 Reload schema
    </button>
  )
}

/** Who asks, for which matter, under which regime; and the way to the codes. */
export function TopBar({ store }: { readonly store: PageStore }) {
  return (
    <>
      <h1 className="gx-brand">
        共享 <span>Gongxiang</span>
      </h1>
      <div className="gx-standing" role="status" aria-label="当前身份 Standing">
        <Standing store={store} />
      </div>
      <ReloadSchema store={store} />
      <button type="button" className="gx-button" onClick={() => openPanel(CODES_TITLE)}>
        {CODES_TITLE}
      </button>
    </>
  )
}
