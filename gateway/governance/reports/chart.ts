/** Charts as SVG, drawn once: no script, no style but attributes, and every text escaped. */
import type { Language } from '../../vocabulary/codes.ts'
import { escapeXml } from './escape.ts'
import type { Chart } from './report.ts'
import { say } from './report.ts'

const WIDTH = 640
const INK = '#1f2d3a'
const MUTED = '#5b6b79'
const BAR = '#2f6690'
const TRACK = '#e9eef2'

/** Most rows of a ranking; the others are one row. */
const MOST = 8

/** A chart that a reader who sees none is told of by its title and its table. */
export function chartSvg(chart: Chart, language: Language): string {
  const body = chart.kind === 'BARS' ? bars(chart, language) : shares(chart, language)
  const label = escapeXml(say(chart.title, language))
  const size = `viewBox="0 0 ${WIDTH} ${body.height}"`
  return `<svg ${size} role="img" aria-label="${label}" xmlns="http://www.w3.org/2000/svg">${body.svg}</svg>`
}

interface Drawn {
  readonly svg: string
  readonly height: number
}

/** Columns over time, with a scale of round numbers. */
function bars({ values }: Chart, language: Language): Drawn {
  const [left, top, bottom, height] = [44, 14, 30, 220]
  const most = roundUp(Math.max(1, ...values.map(({ value }) => value)))
  const inner = height - top - bottom
  const step = (WIDTH - left - 8) / Math.max(1, values.length)
  const thick = Math.min(44, step * 0.62)
  // Labels take about 44 units each: of many months only every second or third has one.
  const every = Math.max(1, Math.ceil(44 / step))
  const scale = [0, 0.25, 0.5, 0.75, 1]
    .filter((part) => Number.isInteger(most * part))
    .map((part) => {
      const y = top + inner * (1 - part)
      return line(left, y, WIDTH - 8, y) + label(left - 6, y + 3.5, String(most * part), { anchor: 'end', size: 10.5 })
    })
  const columns = values.map(({ label: name, value }, at) => {
    const tall = inner * (value / most)
    const x = left + step * at + (step - thick) / 2
    const middle = left + step * (at + 0.5)
    const shown = (values.length - 1 - at) % every === 0
    return [
      `<rect x="${units(x)}" y="${units(top + inner - tall)}" width="${units(thick)}" height="${units(tall)}" rx="2" fill="${BAR}"/>`,
      value > 0 && values.length <= 14
        ? label(middle, top + inner - tall - 4, String(value), { size: 10.5, fill: INK })
        : '',
      shown ? label(middle, height - 10, say(name, language), { size: 10.5 }) : '',
    ].join('')
  })
  return { svg: [...scale, ...columns].join(''), height }
}

/** Rows with their part of the whole. */
function shares({ values }: Chart, language: Language): Drawn {
  const all = values.toSorted((a, b) => b.value - a.value)
  const rest = all.slice(MOST).reduce((sum, { value }) => sum + value, 0)
  const rows = [...all.slice(0, MOST), ...(rest > 0 ? [{ label: { zh: '其他', en: 'others' }, value: rest }] : [])]
  const whole = all.reduce((sum, { value }) => sum + value, 0)
  const [row, left, right] = [26, 210, 96]
  const track = WIDTH - left - right
  const drawn = rows.map(({ label: name, value }, at) => {
    const y = 6 + at * row
    const part = whole === 0 ? 0 : value / whole
    return [
      label(left - 10, y + 12.5, fit(say(name, language), 28), { anchor: 'end', fill: INK, size: 12 }),
      `<rect x="${left}" y="${y}" width="${track}" height="16" rx="3" fill="${TRACK}"/>`,
      `<rect x="${left}" y="${y}" width="${units(track * part)}" height="16" rx="3" fill="${BAR}"/>`,
      label(WIDTH - right + 8, y + 12.5, `${value} · ${Math.round(part * 100)}%`, { anchor: 'start', fill: INK }),
    ].join('')
  })
  return { svg: drawn.join(''), height: 12 + Math.max(1, rows.length) * row }
}

/** The least of 1, 2, 4, 5, 10 times a power of ten that is not smaller. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  const times = [1, 2, 4, 5, 10].find((one) => one * power >= value) ?? 10
  return times * power
}

/** Cuts a name to so many half-width columns; a Chinese character takes two. */
function fit(text: string, columns: number): string {
  let used = 0
  const kept: string[] = []
  for (const one of text) {
    used += /[\u1100-\uffdc]/.test(one) ? 2 : 1
    if (used > columns) return `${kept.join('')}…`
    kept.push(one)
  }
  return text
}

interface LabelStyle {
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly size?: number
  readonly fill?: string
}

function label(x: number, y: number, text: string, { anchor = 'middle', size = 12, fill = MUTED }: LabelStyle): string {
  return `<text x="${units(x)}" y="${units(y)}" font-size="${size}" text-anchor="${anchor}" fill="${fill}">${escapeXml(text)}</text>`
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${units(x1)}" y1="${units(y1)}" x2="${units(x2)}" y2="${units(y2)}" stroke="#d5dde4" stroke-width="1"/>`
}

function units(value: number): string {
  return String(Math.round(value * 100) / 100)
}
