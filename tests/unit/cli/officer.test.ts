import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readOfficerEvents } from '../../../gateway/adapters/officer-events.ts'
import { emptyFolder, gongxiang } from './run.ts'
import type { Outcome } from './run.ts'

let folder = ''
beforeEach(async () => void (folder = await emptyFolder()))

const officer = (name: 'suspend' | 'restore', by: string, reason: string, more: readonly string[] = []) =>
  gongxiang(folder, ['officer', name, 'HUR-0117', '--by', by, '--reason', reason, ...more, ...department])
const department = ['--department', 'housing-urban-rural']
const events = async () => (await readOfficerEvents(join(folder, '.gongxiang/events/officers.jsonl'))).events
const told = ({ code, out, err }: Outcome): string => `${code} ${out}${err}`

describe('officer', () => {
  it('suspend and restore write dated events, and list shows the last of each', async () => {
    expect(told(await officer('suspend', 'HUR-0001', 'left the department'))).toMatch(/^0 HUR-0117 .* is suspended/)
    expect(told(await officer('restore', 'HUR-0002', 'is back', ['--json']))).toContain('"OFFICER_RESTORED"')
    expect(await events()).toMatchObject([
      { kind: 'OFFICER_SUSPENDED', officer: 'HUR-0117', by: 'HUR-0001', reason: 'left the department' },
      { kind: 'OFFICER_RESTORED', department: 'housing-urban-rural', by: 'HUR-0002' },
    ])
    const { out } = await gongxiang(folder, ['officer', 'list', '--json'])
    expect(JSON.parse(out)).toMatchObject([{ kind: 'OFFICER_RESTORED', officer: 'HUR-0117' }])
    expect((await gongxiang(folder, ['officer', 'list'])).out).toMatch(
      /^HUR-0117 .* RESTORED .* by HUR-0002: is back$/m,
    )
  })

  it('refuses what nobody could answer for, and writes nothing', async () => {
    expect(told(await officer('suspend', 'HUR-0117', 'x'))).toContain('nobody decides on their own standing')
    expect(told(await officer('suspend', '张三', 'x'))).toContain('staff number')
    expect(told(await officer('suspend', 'HUR-0001', ' '))).toContain('needs a reason')
    expect(told(await officer('suspend', 'HUR-0001', 'asked for 11010519491231002X'))).toContain('HZ-47.2')
    expect(told(await officer('suspend', 'hur-0117', 'x'))).toContain('nobody decides on their own standing')
    const elsewhere = ['officer', 'suspend', 'W-1', '--department', 'nowhere', '--by', 'A-1', '--reason', 'x']
    expect(told(await gongxiang(folder, elsewhere))).toContain('there is no department nowhere')
    for (const missing of ['--by', '--reason']) {
      const given = { '--by': 'A-1', '--reason': 'x', '--department': 'education' }
      const rest = Object.entries(given).flatMap(([name, value]) => (name === missing ? [] : [name, value]))
      expect(told(await gongxiang(folder, ['officer', 'suspend', 'E-1', ...rest]))).toContain(`'${missing} <`)
    }
    expect(await events()).toEqual([])
  })

  it('restores whom no event suspends: a gateway whose disk failed did so in memory', async () => {
    const { code, err } = await officer('restore', 'HUR-0001', 'the disk was full')
    expect([code, err]).toEqual([0, expect.stringContaining('no event suspends HUR-0117') as unknown])
    expect(await events()).toMatchObject([{ kind: 'OFFICER_RESTORED', officer: 'HUR-0117' }])
  })

  it('refuses a second suspension, and goes on over a damaged line', async () => {
    await mkdir(join(folder, '.gongxiang/events'), { recursive: true })
    await writeFile(join(folder, '.gongxiang/events/officers.jsonl'), 'nonsense\n')
    const first = await officer('suspend', 'HUR-0001', 'x')
    expect([first.code, first.err]).toEqual([
      0,
      expect.stringContaining('officers.jsonl:1 is no officer event') as unknown,
    ])
    expect(told(await officer('suspend', 'HUR-0002', 'x'))).toContain('suspended already')
    expect(await events()).toHaveLength(1)
  })
})
