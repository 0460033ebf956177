import type { IncomingHttpHeaders } from 'node:http'

/** What the page starts with; each part may be left to the page's own default by null. */
export interface ConsoleSettings {
  /** Headers for the header editor; reach the page only on a local visit, since they hold a token. */
  readonly headers: Readonly<Record<string, string>> | null
  readonly query: string | null
  readonly variables: Readonly<Record<string, unknown>> | null
}

/** Who opens the page, as far as the socket and the request tell. */
export interface ConsoleVisit {
  readonly remoteAddress: string | null
  /** The `Host` header, as sent. */
  readonly host: string | null
  /** Opened on this machine, by its own name, through no proxy. */
  readonly local: boolean
}

const PROXY_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']
const LOOPBACK_ADDRESS = /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i

/**
 * Describes a visit. The address alone does not make it local: a proxy on this machine has one too, and so has a
 * stranger's page whose name was rebound to 127.0.0.1 and which could then read the tokens out of the page.
 */
export function describeVisit(remoteAddress: string | undefined, headers: IncomingHttpHeaders): ConsoleVisit {
  const host = headers.host ?? null
  const local =
    LOOPBACK_ADDRESS.test(remoteAddress ?? '') &&
    LOOPBACK_HOST.test(host ?? '') &&
    PROXY_HEADERS.every((name) => headers[name] === undefined)
  return { remoteAddress: remoteAddress ?? null, host, local }
}

/**
 * The policy of the page: no inline script, no outside address. Styles are the exception: Monaco writes its colours
 * and positions as inline styles and knows no nonce; with every other source closed they can send nothing away.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A worker obeys the policy of its own file: ours compute and talk to their page only. */
export const ASSET_POLICY = "default-src 'none'; frame-ancestors 'none'"

const ICON =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#b3122a"/>' +
      '<circle cx="11" cy="16" r="5" fill="none" stroke="#fff" stroke-width="2.5"/>' +
      '<circle cx="21" cy="16" r="5" fill="none" stroke="#fff" stroke-width="2.5"/></svg>',
  )

/** JSON that may stand inside a script element: no `<` can end the element or open a comment. */
function dataBlock(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}

/** The HTML of the page; addresses are relative, so that it works below any prefix that a proxy adds. */
export function renderPage(page: {
  readonly script: string
  readonly style: string
  readonly settings: unknown
}): string {
  return `<!doctype html>
<html lang="zh-CN">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <title>共享 Gongxiang · GraphiQL</title>
    <link rel="icon" href="${attribute(ICON)}" />
    <link rel="stylesheet" href="${attribute(`./graphiql/assets/${page.style}`)}" />
    <script type="application/json" id="settings">${dataBlock(page.settings)}</script>
    <script type="module" src="${attribute(`./graphiql/assets/${page.script}`)}"></script>
  </head>
  <body>
    <header id="top-bar" class="gx-top-bar"></header>
    <main id="graphiql">
      <noscript>此页面需要 JavaScript。也可以直接向 GraphQL 端点提交查询。 This page needs JavaScript; the GraphQL endpoint itself does not.</noscript>
    </main>
  </body>
</html>
`
}
