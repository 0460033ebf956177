import type { GraphiQLPlugin } from '@graphiql/react'
import { isCode } from '../../gateway/vocabulary/codes.ts'
import { Badge, KINDS } from './badge.tsx'
import { CODES_TITLE } from './codes-panel.tsx'
import { DecisionsIcon } from './icons.tsx'
import { openPanel } from './panels.ts'
import type { Answer, DecisionRow, Fault } from './answer.ts'
import { currentAnswer, usePage } from './store.ts'
import type { PageStore } from './store.ts'

export const DECISIONS_TITLE = '决定 Decisions'

function CodeLink({ code, store }: { readonly code: string | null; readonly store: PageStore }) {
  if (code === null) return '—'
  if (!isCode(code)) return <code>{code}</code>
  const open = () => {
    store.set({ code })
    openPanel(CODES_TITLE)
  }
  return (
    <button type="button" className="gx-link" onClick={open}>
      <code>{code}</code>
    </button>
  )
}

function Legend() {
  return (
    <>
      <p className="gx-empty">
        运行查询后,这里逐项列出每个字段的决定、依据的条款和授权。
        <br />
        Run a query: each field's decision appears here, with its clause and its grant.
      </p>
      <dl className="gx-legend">
        {Object.entries(KINDS).map(([decision, kind]) => (
          <div key={decision}>
            <dt>
              <Badge decision={decision} />
            </dt>
            <dd>{kind.meaning}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function Remedy({ row }: { readonly row: { readonly message: string | null; readonly remedy: string | null } }) {
  return (
    <p className="gx-remedy">
      {row.message} {row.remedy !== null && <span>→ {row.remedy}</span>}
    </p>
  )
}

function Row({ row, store }: { readonly row: DecisionRow; readonly store: PageStore }) {
  return (
    <tr data-decision={row.decision}>
      <td>
        <code>{row.path}</code>
      </td>
      <td>
        <code>{row.coordinate}</code>
        {row.message !== null && <Remedy row={row} />}
      </td>
      <td>
        <Badge decision={row.decision} />
        {row.rule !== null && <code className="gx-rule">{row.rule}</code>}
      </td>
      <td data-label="代码 Code" data-empty={row.code === null}>
        <CodeLink code={row.code} store={store} />
      </td>
      <td data-label="条款 Clause" data-empty={row.clause === null}>
        {row.clause ?? '—'}
      </td>
      <td data-label="授权 Grant" data-empty={row.grant === null}>
        {row.grant ?? '—'}
      </td>
    </tr>
  )
}

const COLUMNS = ['路径 Path', '坐标 Coordinate', '决定 Decision', '代码 Code', '条款 Clause', '授权 Grant']

function DecisionTable({ answer, store }: { readonly answer: Answer; readonly store: PageStore }) {
  return (
    <table className="gx-table" aria-label={DECISIONS_TITLE}>
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {answer.decisions.map((row) => (
          <Row key={`${row.path} ${row.coordinate}`} row={row} store={store} />
        ))}
      </tbody>
    </table>
  )
}

function Faults({ faults, store }: { readonly faults: readonly Fault[]; readonly store: PageStore }) {
  return (
    <ul className="gx-faults">
      {faults.map((fault, index) => (
        <li key={index}>
          <CodeLink code={fault.code} store={store} /> {fault.path !== null && <code>{fault.path}</code>}
          <Remedy row={fault} />
        </li>
      ))}
    </ul>
  )
}

function Notes({ answer }: { readonly answer: Answer }) {
  return (
    <>
      <h3>来源时间 Time at the source</h3>
      <ul className="gx-notes">
        {answer.notes.map((note) => (
          <li key={note.path}>
            <code>{note.path}</code>
            <span>{[note.asOf, ...note.marks].filter((part) => part !== null).join(' · ')}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

function AnswerDetails({ answer, store }: { readonly answer: Answer; readonly store: PageStore }) {
  return (
    <>
      {answer.faults.length > 0 && <Faults faults={answer.faults} store={store} />}
      {answer.decisions.length > 0 && <DecisionTable answer={answer} store={store} />}
      {answer.decisions.length + answer.faults.length === 0 && (
        <p className="gx-empty">
          全部字段按原值提供。要逐项列出,请在 Headers 中写 x-decisions: all。
          <br />
          Every field was allowed. To list them, send the header x-decisions: all.
        </p>
      )}
      {answer.notes.length > 0 && <Notes answer={answer} />}
    </>
  )
}

/** The plugin that explains the answer on show, field by field. */
export function decisionsPlugin(store: PageStore): GraphiQLPlugin {
  function Content() {
    const answer = usePage(store, currentAnswer)
    return (
      <section className="gx-panel" aria-label={DECISIONS_TITLE}>
        <h2>{DECISIONS_TITLE}</h2>
        {answer === null ? <Legend /> : <AnswerDetails answer={answer} store={store} />}
      </section>
    )
  }
  return { title: DECISIONS_TITLE, icon: DecisionsIcon, content: Content }
}
