import { useGraphiQL } from '@graphiql/react'
import { useEffect, useState } from 'react'
import { countDecisions } from './answer.ts'
import { Badge } from './badge.tsx'
import { DECISIONS_TITLE } from './decisions-panel.tsx'
import { openPanel } from './panels.ts'
import { currentAnswer, usePage } from './store.ts'
import type { PageStore } from './store.ts'

function Receipt({ receipt }: { readonly receipt: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(receipt)
      setCopied(true)
    } catch {
      // Without permission for the clipboard the receipt can still be selected by hand.
      setCopied(false)
    }
  }
  return (
    <span className="gx-receipt">
      回执 Receipt <code data-testid="receipt">{receipt}</code>
      <button type="button" className="gx-link" onClick={() => void copy()} aria-label="复制回执 Copy the receipt">
        {copied ? '已复制 Copied' : '复制 Copy'}
      </button>
    </span>
  )
}

/** Below the answer: its receipt, and how many fields were allowed, masked, verify-only or refused. */
export function ReceiptBar({ store }: { readonly store: PageStore }) {
  const activeTab = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.id ?? '')
  useEffect(() => store.set({ activeTab }), [activeTab])
  const answer = usePage(store, currentAnswer)
  if (answer === null) return <div className="gx-receipt-bar gx-empty">回执号在这里显示 · The receipt appears here</div>
  return (
    <div className="gx-receipt-bar">
      {answer.receipt !== null && <Receipt receipt={answer.receipt} />}
      <span>HTTP {answer.status}</span>
      {answer.decisions.length > 0 && (
        <button type="button" className="gx-counts" onClick={() => openPanel(DECISIONS_TITLE)}>
          {[...countDecisions(answer)].map(([decision, count]) => (
            <Badge key={decision} decision={decision} count={count} />
          ))}
        </button>
      )}
    </div>
  )
}
