import type { ProfileName } from '../caller/development-issuer.ts'
import { PROFILES } from '../caller/development-issuer.ts'
import type { RunningGateway } from '../main.ts'
import { DEMO_HEADERS, DEMO_NUMBER, DEMO_QUERY, oneLine } from '../start/demo.ts'
import type { Language } from '../vocabulary/codes.ts'
import { inLanguage } from './terminal.ts'

/** What a new user needs: addresses, three tokens, two commands to paste. */
export function welcome(
  gateway: RunningGateway,
  tokens: Readonly<Record<ProfileName, string>>,
  language: Language,
): string {
  const say = (zh: string, en: string): string => inLanguage({ zh, en }, language)
  const endpoint = `${gateway.url}/graphql`
  const lines = [
    say('共享网关已就绪(演示模式,全部为虚拟市民)', 'Gongxiang is ready (embedded mode, synthetic citizens only)'),
    '',
    `GraphQL   ${endpoint}`,
    gateway.graphiql ? `GraphiQL  ${gateway.url}/graphiql` : say('GraphiQL  未启用', 'GraphiQL  switched off'),
    `${say('健康检查', 'Health')}    ${gateway.url}/health/ready`,
    `${say('停止', 'Stop')}      Ctrl-C`,
  ]
  const named = (name: ProfileName): string =>
    `# ${name}: ${PROFILES[name].department} / ${PROFILES[name].application}\n${tokens[name]}`
  return [
    box(lines),
    say('三个可用令牌(8 小时)', 'Three ready tokens (8 hours)'),
    ...(['housing-clerk', 'market-app', 'analyst'] as const).map(named),
    '',
    say('# 1. 住房窗口:一位市民,三个部门', '# 1. The housing desk: one citizen, three departments'),
    curl(endpoint, tokens['housing-clerk'], DEMO_HEADERS, DEMO_QUERY),
    '',
    say(
      '# 2. 市场监管应用:同一位市民,只给所需',
      '# 2. The market application: the same citizen, no more than it needs',
    ),
    curl(endpoint, tokens['market-app'], { 'x-matter': 'business-licence-change' }, MARKET_QUERY),
  ].join('\n')
}

const MARKET_QUERY =
  'query Market($number: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $number) { name sex household { photo } } }'

function curl(endpoint: string, token: string, headers: Readonly<Record<string, string>>, query: string): string {
  const body = JSON.stringify({ query: oneLine(query), variables: { number: DEMO_NUMBER } })
  const given = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`)
  return [
    `curl -s ${endpoint}`,
    `-H 'content-type: application/json'`,
    `-H 'authorization: Bearer ${token}'`,
    ...given,
    `-d '${body}'`,
  ].join(' \\\n  ')
}

/** A frame around lines; Chinese characters are two columns wide. */
function box(lines: readonly string[]): string {
  const width = Math.max(...lines.map(columns))
  const padded = lines.map((line) => `│ ${line}${' '.repeat(width - columns(line))} │`)
  const edge = '─'.repeat(width + 2)
  return [`┌${edge}┐`, ...padded, `└${edge}┘`].join('\n')
}

function columns(text: string): number {
  return [...text].reduce(
    (sum, one) =>
      sum + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u.test(one) ? 2 : 1),
    0,
  )
}
