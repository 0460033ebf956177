import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { finished } from 'node:stream/promises'
import iconv from 'iconv-lite'
import { z } from 'zod'
import { residentNumber } from '../city/identity.ts'
import { newWorkbook } from '../city/systems/xlsx-file.ts'
import { code, date, standardCode, text } from '../subgraphs/kit/decode.ts'
import { fileSource } from '../subgraphs/kit/drop/file.ts'
import type { FileDropSource } from '../subgraphs/kit/drop/file.ts'
import type { Register, SubjectKey } from '../subgraphs/kit/register.ts'

/*
 * How long a drop of a million rows takes to load, what memory the process has at most meanwhile, and how long it keeps
 * requests waiting: `node bench/drop.ts [rows]`. The file is written first, by another process than the one measured.
 */

const KINDS = { 居民身份证: 'RESIDENT_ID', 护照: 'PASSPORT' } as const
const HEADINGS = [
  '姓名',
  '证件类型',
  '证件号码',
  '证书编号',
  '发证机关',
  '区划',
  '发证日期',
  '地址',
  '备注',
  '联系电话',
]
/** What is measured: ten columns of which eight are kept, with a key that was issued to nobody. */
const register: Register = {
  type: 'Measured',
  at: 'ceshi',
  rows: 'ONE',
  key: { documentType: { kind: 'COLUMN', column: '证件类型', codes: KINDS }, number: '证件号码', oldNumbers: true },
  fields: {
    name: text('姓名'),
    kind: code('证件类型', KINDS),
    number: text('证书编号'),
    authority: text('发证机关'),
    division: standardCode('区划', /^\d{6}$/),
    issued: date('发证日期'),
    address: text('地址'),
  },
}

/** Of people who cannot exist: their division was never assigned. */
function numberAt(at: number): string {
  const day = new Date(Date.UTC(1950, 0, 1 + Math.floor(at / 999))).toISOString().slice(0, 10)
  return residentNumber('442090', day, (at % 999) + 1)
}

function rowAt(at: number): readonly string[] {
  const serial = String(at).padStart(8, '0')
  const place = `虚构市第${at % 97}街道样例路${at % 1999}号`
  const number = numberAt(at)
  return [
    `虚构${at}`,
    '居民身份证',
    number,
    `ZG99${serial}`,
    '虚构市某局',
    '442000',
    '2021-04-12',
    place,
    '',
    '10000000000',
  ]
}

async function writeCsv(path: string, rows: number): Promise<void> {
  const file = await open(path, 'w')
  await file.write(iconv.encode(`${HEADINGS.join(',')}\r\n`, 'gb18030'))
  for (let at = 0; at < rows; at += 10_000) {
    const lines = Array.from(
      { length: Math.min(10_000, rows - at) },
      (_, index) => `${rowAt(at + index).join(',')}\r\n`,
    )
    await file.write(iconv.encode(lines.join(''), 'gb18030'))
  }
  await file.close()
}

function writeXlsx(path: string, rows: number): void {
  const book = newWorkbook(path)
  const sheet = book.sheet({ name: '数据' })
  sheet.add(HEADINGS)
  for (let at = 0; at < rows; at += 1) {
    sheet.add(rowAt(at).map((cell) => (cell === '' ? null : cell === '2021-04-12' ? { day: cell } : cell)))
  }
  book.finish()
}

async function writeMarker(path: string): Promise<void> {
  const hash = createHash('sha256')
  await finished(createReadStream(path).on('data', (chunk) => hash.update(chunk)))
  await writeFile(`${path}.sha256`, hash.digest('hex'))
}

const figures = z.object({
  seconds: z.number(),
  peakMegabytes: z.number(),
  /** Milliseconds, as those below: CPU of the longest piece of work between two turns of the event loop. */
  longestWork: z.number(),
  /** By the clock: on a busy machine others' work is in it. */
  longestStall: z.number(),
  slowestFetch: z.number(),
  fetch100: z.number(),
  count: z.number(),
  countWork: z.number(),
})
type Figures = z.infer<typeof figures>

/** Watches the event loop until it is told to stop. */
function watch() {
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  let [work, going, before] = [0, true, cpuNow()]
  const turn = (): void => {
    const now = cpuNow()
    work = Math.max(work, now - before)
    before = now
    if (going) setTimeout(turn, 1)
  }
  turn()
  return () => {
    going = false
    delays.disable()
    return { work, stall: delays.max / 1e6 }
  }
}

/** CPU of this thread, in milliseconds: what the collector does beside it is not in it. */
function cpuNow(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** The process that is measured: a small version is in service and asked all the time, while the large one is loaded. */
async function measure(folder: string, ready: () => Promise<void>): Promise<Figures> {
  const source = await fileSource({ folder, registers: [register], pollEvery: 1e8 })
  await ready()
  let slowestFetch = 0
  const asking = setInterval(() => {
    const since = performance.now()
    void ask(source, [0]).then(() => (slowestFetch = Math.max(slowestFetch, performance.now() - since)))
  }, 5)
  let stop = watch()
  let since = performance.now()
  await source.refresh()
  const seconds = (performance.now() - since) / 1000
  const { work: longestWork, stall: longestStall } = stop()
  clearInterval(asking)
  since = performance.now()
  for (let round = 0; round < 200; round += 1) {
    const people = Array.from({ length: 100 }, (_, at) => (round * 4999 + at * 97) % 900)
    await ask(source, people)
  }
  const fetch100 = (performance.now() - since) / 200
  stop = watch()
  since = performance.now()
  await source.count?.({ register, columns: ['区划', '发证机关'], conditions: [], most: 1000, signal: undefined })
  const count = performance.now() - since
  const { work: countWork } = stop()
  const peakMegabytes = process.resourceUsage().maxRSS / 1024
  await source.close()
  return { seconds, peakMegabytes, longestWork, longestStall, slowestFetch, fetch100, count, countWork }
}

function ask(source: FileDropSource, people: readonly number[]) {
  const keys = people.map((at): SubjectKey => ({ idDocumentType: 'RESIDENT_ID', idDocumentNumber: numberAt(at) }))
  return source.fetch({ register, columns: ['证件类型', '证件号码', '姓名'], keys, signal: undefined })
}

async function run(format: 'csv' | 'xlsx', rows: number): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'gx-bench-drop-'))
  try {
    const drops = join(folder, 'drops')
    await mkdir(drops)
    const small = join(drops, 'ceshi_20261001.csv')
    await writeCsv(small, 1000)
    await writeMarker(small)
    const child = fork(import.meta.filename, ['measure', drops], { stdio: 'inherit' })
    const answered = new Promise<unknown>((resolve, reject) => {
      child.once('exit', (status) => reject(new Error(`the measured process ended with ${status}`)))
      child.on('message', (message) => {
        if (message !== 'ready') return resolve(message)
        void writeLarge(join(drops, `ceshi_20261101.${format}`), format, rows).then(() => child.send('go'), reject)
      })
    })
    return figures.parse(await answered)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeLarge(path: string, format: 'csv' | 'xlsx', rows: number): Promise<void> {
  if (format === 'csv') await writeCsv(path, rows)
  else writeXlsx(path, rows)
  await writeMarker(path)
}

const [first = '1000000', folder] = process.argv.slice(2)
if (first === 'measure' && folder !== undefined) {
  const ready = async (): Promise<void> => {
    const told = new Promise((resolve) => process.once('message', resolve))
    process.send?.('ready')
    await told
  }
  const result = await measure(folder, ready)
  process.send?.(result, () => process.exit())
} else {
  for (const format of ['csv', 'xlsx'] as const) {
    const result = await run(format, Number(first))
    const round = Object.fromEntries(Object.entries(result).map(([name, value]) => [name, Math.round(value * 10) / 10]))
    process.stdout.write(`${format} ${first} rows ${JSON.stringify(round)}\n`)
  }
}
