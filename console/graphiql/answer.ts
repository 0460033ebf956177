/** One line of the decisions table: what happened to one coordinate at one path. */
export interface DecisionRow {
  readonly path: string
  readonly coordinate: string
  /** ALLOW | MASK | VERIFY_ONLY | DENY, or a word that this page does not know yet. */
  readonly decision: string
  readonly code: string | null
  readonly clause: string | null
  readonly grant: string | null
  readonly rule: string | null
  /** From the error of the same coordinate. */
  readonly message: string | null
  readonly remedy: string | null
}

/** An error that belongs to no decision: the request's own fault, or a source that is away. */
export interface Fault {
  readonly path: string | null
  readonly code: string | null
  readonly message: string
  readonly remedy: string | null
}

/** Where one value comes from and of when it is. */
export interface Note {
  readonly path: string
  readonly asOf: string | null
  readonly marks: readonly string[]
}

/** What the page shows beside an answer; it holds no business value. */
export interface Answer {
  readonly receipt: string | null
  readonly status: number
  readonly regime: string | null
  readonly catalogVersion: string | null
  readonly decisions: readonly DecisionRow[]
  readonly faults: readonly Fault[]
  readonly notes: readonly Note[]
}

type Dictionary = Readonly<Record<string, unknown>>

function dictionary(value: unknown): Dictionary {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function list(value: unknown): readonly Dictionary[] {
  return Array.isArray(value) ? value.map(dictionary) : []
}

function text(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(String).join(', ')
  return typeof value === 'number' ? String(value) : null
}

function pathText(value: unknown): string | null {
  return Array.isArray(value) ? value.map(String).join('.') : text(value)
}

interface Refusal extends Fault {
  readonly coordinate: string | null
  readonly clause: string | null
}

function readRefusal(error: Dictionary): Refusal {
  const extensions = dictionary(error['extensions'])
  return {
    path: pathText(error['path']),
    code: text(extensions['code']),
    message: text(error['message']) ?? '',
    remedy: text(extensions['remedy']),
    coordinate: text(extensions['coordinate']),
    clause: text(extensions['clause']),
  }
}

/** An error at a place that is allowed is no refusal: its source is away, or answered nonsense. */
function withholds(decision: string): boolean {
  return decision !== 'ALLOW' && decision !== 'MASK'
}

function readDecision(row: Dictionary, refusals: readonly Refusal[]): DecisionRow {
  const coordinate = text(row['coordinate']) ?? ''
  const path = pathText(row['path']) ?? ''
  const decision = text(row['decision']) ?? ''
  // Refusals come once per coordinate, so a coordinate met on two paths shares one.
  const same = refusals.filter((refusal) => withholds(decision) && refusal.coordinate === coordinate)
  const refusal = same.find((candidate) => candidate.path === path) ?? same[0]
  return {
    path,
    coordinate,
    decision,
    code: text(row['code']) ?? refusal?.code ?? null,
    clause: text(row['clause']) ?? refusal?.clause ?? null,
    grant: text(row['grant']),
    rule: text(row['rule']),
    message: refusal?.message ?? null,
    remedy: refusal?.remedy ?? null,
  }
}

function readNote(note: Dictionary): Note {
  const freshness = text(note['freshness'])
  const marks = [
    freshness,
    note['conflict'] === true ? '来源不一致 conflict' : null,
    note['underReview'] === true ? '核查中 under review' : null,
  ]
  return {
    path: pathText(note['path']) ?? '',
    asOf: text(note['asOf']),
    marks: marks.filter((mark) => mark !== null),
  }
}

/** Reads a GraphQL answer's errors and `extensions.sharing`; tolerant, since a page outlives a deployment. */
export function readAnswer(body: unknown, status: number, receiptHeader: string | null): Answer {
  const answer = dictionary(body)
  const sharing = dictionary(dictionary(answer['extensions'])['sharing'])
  const refusals = list(answer['errors']).map(readRefusal)
  const decisions = list(sharing['decisions']).map((row) => readDecision(row, refusals))
  const explained = new Set(decisions.filter((row) => withholds(row.decision)).map((row) => row.coordinate))
  return {
    receipt: receiptHeader ?? text(sharing['receipt']),
    status,
    regime: text(sharing['regime']),
    catalogVersion: text(sharing['catalogVersion']),
    decisions,
    faults: refusals.filter((refusal) => refusal.coordinate === null || !explained.has(refusal.coordinate)),
    notes: list(sharing['notes']).map(readNote),
  }
}

/** How many rows there are of each decision, strictest last. */
export function countDecisions(answer: Answer): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { decision } of answer.decisions) counts.set(decision, (counts.get(decision) ?? 0) + 1)
  return counts
}
