import { DEFAULT_QUERY, DEFAULT_VARIABLES } from './default-query.ts'

/** What the page starts with; texts as the editors show them. */
export interface Settings {
  /** Address of the GraphQL endpoint, on this page's own origin. */
  readonly endpoint: string
  readonly headers: string
  /** Whether the server filled in a caller's headers. */
  readonly signedIn: boolean
  readonly query: string
  readonly variables: string
}

/** The header editor accepts comments: they tell a newcomer what each header is for. */
const HEADERS_TEMPLATE = `{
  // 令牌 token: "Bearer …"
  "authorization": "",
  // 事项 matter
  "x-matter": "",
  // 办件号 case, 需要时 where the matter needs one
  "x-case": "",
  // 列出全部决定 list every decision
  "x-decisions": "all"
}`

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isToken(header: string): boolean {
  return header.toLowerCase() === 'authorization'
}

function headersText(headers: unknown): string {
  if (!isRecord(headers)) return HEADERS_TEMPLATE
  // Whoever explores here wants the reason for what is shown too, not only for what is missing.
  const shown = { 'x-decisions': 'all', ...headers }
  // The token last: it fills the small editor, and what people change is the matter and the case.
  const entries = Object.entries(shown).toSorted(([a], [b]) => Number(isToken(a)) - Number(isToken(b)))
  return JSON.stringify(Object.fromEntries(entries), null, 2)
}

/** Reads the data block that the server put into the page; without one, a page that explains itself. */
export function readSettings(text: string | null): Settings {
  const parsed: unknown = text === null || text.trim() === '' ? {} : JSON.parse(text)
  const given = isRecord(parsed) ? parsed : {}
  return {
    endpoint: typeof given['endpoint'] === 'string' ? given['endpoint'] : './graphql',
    headers: headersText(given['headers']),
    signedIn: isRecord(given['headers']),
    query: typeof given['query'] === 'string' ? given['query'] : DEFAULT_QUERY,
    variables: isRecord(given['variables']) ? JSON.stringify(given['variables'], null, 2) : DEFAULT_VARIABLES,
  }
}
