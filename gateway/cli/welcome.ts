import { styleText } from 'node:util'
import type { ProfileName } from '../caller/development-issuer.ts'
import { PROFILES } from '../caller/development-issuer.ts'
import type { RunningGateway } from '../main.ts'
import { DEMO_CALLS, DEMO_NUMBER, oneLine } from '../start/demo.ts'
import type { DemoCall } from '../start/demo.ts'
import type { Language, Text } from '../vocabulary/codes.ts'
import { box, columns, padColumns } from './box.ts'
import { inLanguage } from './terminal.ts'

type Style = 'bold' | 'dim' | 'cyan'

/** Words of the welcome that a terminal may set off; elsewhere they stay plain. */
export interface WelcomeLook {
  readonly language: Language
  readonly coloured: boolean
}

/**
 * What a new user needs: addresses, three tokens, two commands to paste. A token is a line of its own from the first
 * column on, so that a double click takes exactly it, however the terminal wraps it.
 */
export function welcome(
  gateway: Pick<RunningGateway, 'url' | 'graphiql'>,
  tokens: Readonly<Record<ProfileName, string>>,
  { language, coloured }: WelcomeLook,
): string {
  const paint = (style: Style, text: string): string =>
    coloured ? styleText(style, text, { validateStream: false }) : text
  const say = (text: Text): string => inLanguage(text, language)
  const token = (name: ProfileName): string => {
    const { department, application, roles } = PROFILES[name]
    return `\n${paint('bold', name)}  ${department} / ${application} (${roles.join(', ')})\n${paint('dim', tokens[name])}`
  }
  const command = (call: DemoCall, at: number): string =>
    `\n${paint('bold', `# ${at + 1}. ${say(call.title)}`)}\n${curl(gateway.url, call, tokens[call.profile], paint)}`
  return [
    box(addresses(gateway, say, paint)),
    '',
    paint('bold', say({ zh: '三个令牌(有效期 8 小时)', en: 'Three tokens, good for 8 hours' })),
    ...(['housing-clerk', 'market-app', 'analyst'] as const).map(token),
    '',
    paint('bold', say({ zh: '可直接粘贴的命令', en: 'Commands to paste' })),
    ...DEMO_CALLS.map(command),
  ].join('\n')
}

type Paint = (style: Style, text: string) => string

function addresses(
  { url, graphiql }: Pick<RunningGateway, 'url' | 'graphiql'>,
  say: (text: Text) => string,
  paint: Paint,
): string[] {
  const off = say({ zh: '未启用', en: 'switched off' })
  const rows = [
    ['GraphQL', paint('cyan', `${url}/graphql`)],
    ['GraphiQL', graphiql ? paint('cyan', `${url}/graphiql`) : off],
    [say({ zh: '健康检查', en: 'Health' }), paint('cyan', `${url}/health/ready`)],
    [say({ zh: '停止', en: 'Stop' }), 'Ctrl-C'],
  ] as const
  const width = Math.max(...rows.map(([name]) => columns(name)))
  return [
    paint('bold', say({ zh: '共享网关已就绪', en: 'Gongxiang 共享 is ready' })),
    say({ zh: '演示模式:市民均为虚拟', en: 'Embedded mode: every citizen is synthetic' }),
    '',
    ...rows.map(([name, value]) => `${padColumns(name, width)}  ${value}`),
  ]
}

/** A command for any POSIX shell: nothing in it needs more than single quotes. */
function curl(url: string, { headers, query }: DemoCall, token: string, paint: Paint): string {
  const body = JSON.stringify({ query: oneLine(query), variables: { number: DEMO_NUMBER } })
  return [
    `curl -sS ${url}/graphql`,
    `-H 'content-type: application/json'`,
    `-H 'authorization: Bearer ${paint('dim', token)}'`,
    ...Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`),
    `-d '${body}'`,
  ].join(' \\\n  ')
}
