import { spawn, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { columns } from '../../gateway/cli/box.ts'
import { createProgress } from '../../gateway/cli/progress.ts'
import { ownFolder, PROGRAM } from '../kit/child-gateway.ts'
import type { OwnFolder } from '../kit/child-gateway.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const SCRIPT = '/usr/bin/script'

let folder: OwnFolder
beforeAll(async () => {
  folder = await ownFolder()
})
afterAll(() => folder.close())

/** Runs a shell line on a terminal of its own, presses Ctrl-C once it is ready, and gives what was on the screen. */
async function onTerminal(line: string, width: number, environment: Readonly<Record<string, string>>) {
  const child = spawn(
    SCRIPT,
    ['--quiet', '--return', '--command', `stty cols ${width} rows 50; exec ${line}`, '/dev/null'],
    {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: folder.path,
        TERM: 'xterm-256color',
        GONGXIANG_DATA_DIRECTORY: join(folder.path, 'data'),
        GONGXIANG_PORT: '0',
        GONGXIANG_CITY_PEOPLE: '60',
        GONGXIANG_GRAPHIQL_ENABLED: 'false',
        npm_config_cache: join(folder.path, 'npm'),
        npm_config_update_notifier: 'false',
        ...environment,
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  let screen = ''
  let pressed = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
    if (pressed || !screen.includes('x-matter: business-licence-change')) return
    pressed = true
    child.stdin.write('\u0003')
  })
  const code = await new Promise<number | null>((done, reject) => {
    child.once('error', reject)
    child.once('close', done)
  })
  return { code, screen: screen.replaceAll('\r\n', '\n') }
}

const frame = (screen: string): readonly string[] =>
  stripVTControlCharacters(screen)
    .split('\n')
    .filter((line) => /^[╭│╰]/.test(line))

describe('a start on a terminal', () => {
  test.runIf(existsSync(SCRIPT)).each([
    ['80 columns, English', 80, 'en_US.UTF-8', 'Gongxiang 共享 is ready'],
    ['120 columns, Chinese', 120, 'zh_CN.UTF-8', '共享网关已就绪'],
  ] as const)('%s: the frame is whole, colours are there, no log line between', async (_name, width, locale, ready) => {
    const { code, screen } = await onTerminal(`'${process.execPath}' '${PROGRAM}' start`, width, { LANG: locale })
    expect(code).toBe(0)
    const lines = frame(screen)
    expect(lines).toHaveLength(9)
    expect(lines[1]).toContain(ready)
    const widths = new Set(lines.map(columns))
    expect(widths.size).toBe(1)
    expect(Math.max(...widths)).toBeLessThanOrEqual(width)
    expect(screen).toContain('\u001b[36mhttp://127.0.0.1:')
    // No log line, neither of JSON nor for people, stands before the end of the welcome.
    expect(screen.split('^C')[0]).not.toMatch(/lifecycle|INFO|"level"/)
    // Nothing but token and command text may be longer than the terminal is wide.
    const long = stripVTControlCharacters(screen)
      .split('\n')
      .filter((line) => columns(line) > width)
    expect(long.filter((line) => !/^eyJ|Bearer|^ {2}-d /.test(line))).toEqual([])
    expect(screen).toMatch(/draining …[\s\S]*stopped\n$/)
  })

  test.runIf(existsSync(SCRIPT))(
    'npm start: npm hands Ctrl-C on a second time, and all the same it drains and ends with 0',
    async () => {
      // The packages are there: what `prestart` does has its own tests.
      const { code, screen } = await onTerminal('npm start --ignore-scripts', 100, { LANG: 'en_US.UTF-8' })
      expect(screen).toMatch(/stopped\n/)
      expect(code).toBe(0)
    },
  )

  test('NO_COLOR is heard', async () => {
    const { screen } = await onTerminal(`'${process.execPath}' '${PROGRAM}' start`, 80, { LANG: 'C', NO_COLOR: '1' })
    expect(frame(screen)).toHaveLength(9)
    expect(screen.split('╭')[1]).not.toContain('\u001b[')
  })
})

test('the frame counts as a terminal does: characters of two columns, of one, and of none', () => {
  // Python's own tables, where it is installed, are the second opinion.
  const samples = [
    '共享网关',
    'Gongxiang',
    '〇、。',
    '，。！',
    '㐀𠮷',
    'e\u0301',
    '한국',
    '—…·',
    'ア',
    '\u001b[1m粗\u001b[22m',
  ]
  expect(samples.map(columns)).toEqual([8, 9, 6, 6, 4, 1, 4, 3, 2, 2])
  const program =
    'import sys,json,unicodedata as u;print(json.dumps([sum(0 if u.combining(c) else 2 if u.east_asian_width(c) in "WF" else 1 for c in s) for s in json.load(sys.stdin)]))'
  const plain = samples.map(stripVTControlCharacters)
  try {
    const second: unknown = JSON.parse(
      execFileSync('python3', ['-c', program], { input: JSON.stringify(plain) }).toString(),
    )
    expect(second).toEqual(plain.map(columns))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
})

describe('progress', () => {
  const written = (isTTY: boolean): string => {
    let text = ''
    let now = 0
    const progress = createProgress('en', { isTTY, write: (chunk) => (text += chunk) }, () => (now += 100))
    progress.step({ zh: '甲', en: 'First' })
    for (const done of [10, 20, 30]) progress.count({ zh: '乙', en: 'Counting' }, done, 30)
    return text
  }

  test('redraws a count on a terminal', () => {
    expect(written(true).split('\r\u001b[K')).toHaveLength(4)
    expect(written(true).match(/\n/g)).toHaveLength(2)
  })

  test('elsewhere tells its end alone, in plain text', () => {
    expect(written(false)).toBe('  0.1 s  First\n  0.4 s  Counting 30/30\n')
  })
})
