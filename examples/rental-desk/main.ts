import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Action } from './actions.ts'
import type { Refusal } from './client.ts'
import { openCase } from './desk.ts'
import type { Standing } from './desk.ts'

const WORDS = {
  FETCHED: '已取得 fetched  ',
  VERIFIED: '已核实 verified ',
  TO_VERIFY: '待核实 to verify',
  NEEDED: '须提供 needed   ',
  LATER: '稍后再查 later  ',
  REFUSED: '未取得 refused  ',
} as const satisfies Record<Standing, string>

const DOES = {
  RETRY: '稍后再试 try again later',
  SIGN_IN: '请重新登录 sign in again',
  ASK_USER: '请核对输入 check what was typed',
  ASK_CITIZEN: '请申请人提供 ask the citizen for the paper',
  VERIFY: '录入申请人所示内容核实 type what the citizen shows, and verify it',
  APPLY: '由本部门申请共享 have the department apply for it',
  CORRECT: '应用程序有误,请告知开发人员 the application is wrong: tell its programmer',
  REPORT: '请凭回执号告知管理员 tell the administrator, with the receipt',
  STOP: '停止查询,联系安全管理人员 stop, and speak to the security officer',
} as const satisfies Record<Action, string>

function line(refusal: Refusal): string {
  const { code, coordinate, message, remedy, action } = refusal
  return `${code}${coordinate === null ? '' : ` ${coordinate}`}: ${message}。${remedy} → ${DOES[action]}\n`
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { case: { type: 'string' }, certificate: { type: 'string' } },
    allowPositionals: true,
  })
  const { DESK_URL = 'http://127.0.0.1:4000', DESK_TOKEN = '', LANG = '' } = process.env
  const [number] = positionals
  if (number === undefined || values.case === undefined || DESK_TOKEN === '') {
    process.stderr.write('DESK_TOKEN=… node main.ts ID-NUMBER --case CASE [--certificate NUMBER]\n')
    return 2
  }
  const session = {
    url: DESK_URL,
    token: DESK_TOKEN,
    matter: 'public-rental-housing',
    case: values.case,
    language: LANG.startsWith('en') ? 'en' : 'zh-CN',
    wait: (seconds: number) => sleep(seconds * 1000),
  } as const
  const desk = await openCase(session, number, values.certificate ?? null)
  process.stdout.write(`${desk.title}\n`)
  for (const { standing, title, shown } of desk.materials)
    process.stdout.write(`  ${WORDS[standing]}  ${title}${shown.map((one) => `\n      ${one}`).join('')}\n`)
  for (const refusal of desk.refusals) process.stderr.write(line(refusal))
  process.stdout.write(`回执 receipts: ${desk.receipts.join(' ')}\ntraceparent: ${desk.traceparent}\n`)
  return desk.materials.length > 0 ? 0 : 1
}

process.exitCode = await main()
