import type { GraphiQLPlugin } from '@graphiql/react'
import { useEffect, useRef } from 'react'
import { FAULTS, REFUSALS } from '../../gateway/vocabulary/codes.ts'
import type { Text } from '../../gateway/vocabulary/codes.ts'
import { CodesIcon } from './icons.tsx'
import { usePage } from './store.ts'
import type { PageStore } from './store.ts'

export const CODES_TITLE = '代码 Codes'

interface Entry {
  readonly message: Text
  readonly remedy: Text
}

function CodeEntry({ code, entry, open }: { readonly code: string; readonly entry: Entry; readonly open: boolean }) {
  const element = useRef<HTMLElement>(null)
  useEffect(() => {
    if (open) element.current?.scrollIntoView({ block: 'nearest' })
  }, [open])
  return (
    <article ref={element} id={`code-${code.toLowerCase()}`} className={open ? 'gx-code gx-code-open' : 'gx-code'}>
      <h4>
        <code>{code}</code>
      </h4>
      <p lang="zh-CN">
        {entry.message.zh}
        <span>→ {entry.remedy.zh}</span>
      </p>
      <p lang="en">
        {entry.message.en}
        <span>→ {entry.remedy.en}</span>
      </p>
    </article>
  )
}

function Group({
  title,
  entries,
  open,
}: {
  readonly title: string
  readonly entries: Readonly<Record<string, Entry>>
  readonly open: string | null
}) {
  return (
    <>
      <h3>{title}</h3>
      {Object.entries(entries).map(([code, entry]) => (
        <CodeEntry key={code} code={code} entry={entry} open={code === open} />
      ))}
    </>
  )
}

/** The plugin that explains every code, from the same table that the gateway answers with. */
export function codesPlugin(store: PageStore): GraphiQLPlugin {
  function Content() {
    const open = usePage(store, (state) => state.code)
    return (
      <section className="gx-panel" aria-label={CODES_TITLE}>
        <h2>{CODES_TITLE}</h2>
        <Group title="拒绝 Refusals" entries={REFUSALS} open={open} />
        <Group title="请求的问题 Faults of the request" entries={FAULTS} open={open} />
      </section>
    )
  }
  return { title: CODES_TITLE, icon: CodesIcon, content: Content }
}
