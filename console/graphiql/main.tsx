import './workers.ts'
import { GraphiQL } from 'graphiql'
import { createPortal } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { codesPlugin } from './codes-panel.tsx'
import { DECISIONS_TITLE, decisionsPlugin } from './decisions-panel.tsx'
import { EditorManners } from './editor-manners.tsx'
import { createFetcher } from './fetcher.ts'
import { memoryStorage } from './memory-storage.ts'
import { ReceiptBar } from './receipt-bar.tsx'
import { readSettings } from './settings.ts'
import { createPageStore } from './store.ts'
import { TopBar } from './top-bar.tsx'
import './style.css'

function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page lacks #${id}`)
  return found
}

const settings = readSettings(element('settings').textContent)
const store = createPageStore(settings.headers)
const plugins = [decisionsPlugin(store), codesPlugin(store)]
// The width of the panel at the left, in GraphiQL's own terms: its share of the rest.
const storage = memoryStorage({ 'graphiql:docExplorerFlex': '0.45' })
const roomy = window.matchMedia('(min-width: 900px)').matches

const fetcher = createFetcher(settings.endpoint, {
  headersText: () => store.get().headersText,
  onIntrospect: (headersText) => store.set({ schemaHeaders: headersText }),
  onAnswer(answer) {
    const { answers, activeTab } = store.get()
    store.set({ answers: new Map(answers).set(activeTab, answer) })
  },
})

createRoot(element('graphiql')).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    plugins={plugins}
    shouldPersistHeaders={false}
    showPersistHeadersSettings={false}
    isHeadersEditorEnabled
    initialQuery={settings.query}
    initialVariables={settings.variables}
    initialHeaders={settings.headers}
    defaultHeaders={settings.headers}
    defaultEditorToolsVisibility={settings.signedIn ? 'variables' : 'headers'}
    onEditHeaders={(headersText) => store.set({ headersText })}
    {...(roomy ? { visiblePlugin: DECISIONS_TITLE } : {})}
  >
    <GraphiQL.Logo>GraphiQL</GraphiQL.Logo>
    <GraphiQL.Footer>
      <ReceiptBar store={store} />
    </GraphiQL.Footer>
    <EditorManners />
    {createPortal(<TopBar store={store} />, element('top-bar'))}
  </GraphiQL>,
)
