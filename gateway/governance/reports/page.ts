import { createHash } from 'node:crypto'
import type { Language } from '../../vocabulary/codes.ts'
import { chartSvg } from './chart.ts'
import { escapeXml } from './escape.ts'
import { headOf } from './head.ts'
import { pageStyle } from './page-style.ts'
import { TONE_TEXTS, cellText, say } from './report.ts'
import type { Cell, Column, IssuedReport, Mark, Section, Table } from './report.ts'

/**
 * A report as one page of HTML for the screen and for paper (A4): no script, nothing fetched, and a policy that allows
 * neither; every text is escaped.
 */
export function reportPage(report: IssuedReport, language: Language): string {
  const { document, issue } = report
  const title = say(document.title, language)
  const style = pageStyle({ left: `${say(issue.city, language)} · ${title}`, right: issue.reference }, language)
  const hash = createHash('sha256').update(style).digest('base64')
  const figures = document.figures.map(
    ({ label, value }) => `<li><b>${escapeXml(String(value))}</b><span>${escapeXml(say(label, language))}</span></li>`,
  )
  return [
    '<!doctype html>',
    `<html lang="${language}">`,
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="robots" content="noindex">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeXml(`${title} ${issue.reference}`)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<header>',
    `<p class="city">${escapeXml(say(issue.city, language))}</p>`,
    `<h1>${escapeXml(title)}</h1>`,
    `<p class="subject">${escapeXml(say(document.subject, language))}</p>`,
    '</header>',
    '<main>',
    factsHtml(report, language),
    figures.length > 0 ? `<ul class="figures">${figures.join('')}</ul>` : '',
    ...document.sections.map((section) => sectionHtml(section, language)),
    '</main>',
    footerHtml(report, language),
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

function factsHtml(report: IssuedReport, language: Language): string {
  const facts = headOf(report, language).map(
    ({ label, value }) => `<dt>${escapeXml(label)}</dt><dd>${escapeXml(value)}</dd>`,
  )
  return `<dl class="facts">${facts.join('')}</dl>`
}

function sectionHtml({ title, lead, charts, table, empty }: Section, language: Language): string {
  const drawn = charts
    .filter(({ values }) => values.some(({ value }) => value > 0))
    .map(
      (chart) =>
        `<figure><figcaption>${escapeXml(say(chart.title, language))}</figcaption>${chartSvg(chart, language)}</figure>`,
    )
  const nothing = drawn.length === 0 && (table === null || table.rows.length === 0)
  return [
    '<section>',
    `<h2>${escapeXml(say(title, language))}</h2>`,
    lead === null ? '' : `<p class="lead">${escapeXml(say(lead, language))}</p>`,
    drawn.length > 0 ? `<div class="charts">${drawn.join('')}</div>` : '',
    nothing ? `<p class="empty">${escapeXml(say(empty, language))}</p>` : '',
    table === null || table.rows.length === 0 ? '' : tableHtml(table, language),
    '</section>',
  ].join('')
}

function tableHtml({ columns, rows }: Table, language: Language): string {
  const whole = columns.reduce((sum, { width }) => sum + width, 0)
  // Attributes, since the policy allows no style but the page's own.
  const cols = columns.map(({ width }) => `<col width="${Math.round((width / whole) * 1_000) / 10}%">`)
  const heads = columns.map(
    (column) => `<th scope="col"${numeric(column)}>${escapeXml(say(column.title, language))}</th>`,
  )
  const body = rows.map(
    (row) =>
      `<tr>${row.map((cell, at) => `<td${numeric(columns[at])}>${cellHtml(cell, language)}</td>`).join('')}</tr>`,
  )
  const parts = `<colgroup>${cols.join('')}</colgroup><thead><tr>${heads.join('')}</tr></thead><tbody>${body.join('\n')}</tbody>`
  return `<div class="wide"><table>${parts}</table></div>`
}

function numeric(column: Column | undefined): string {
  return column?.kind === 'number' ? ' class="number"' : ''
}

function cellHtml(cell: Cell, language: Language): string {
  if (cell !== null && typeof cell === 'object' && 'marks' in cell)
    return `<ul class="marks">${cell.marks.map((mark) => markHtml(mark, language)).join('')}</ul>`
  if (cell !== null && typeof cell === 'object' && 'lines' in cell)
    return cell.lines.map((line) => escapeXml(say(line, language))).join('<br>')
  return escapeXml(cellText(cell, language))
}

function markHtml({ tone, text }: Mark, language: Language): string {
  const word = tone === 'GIVEN' ? '' : `<small>${escapeXml(say(TONE_TEXTS[tone], language))}</small>`
  return `<li class="${tone.toLowerCase()}">${escapeXml(say(text, language))}${word}</li>`
}

function footerHtml({ document }: IssuedReport, language: Language): string {
  if (document.notes.length === 0) return ''
  const notes = document.notes.map((note) => `<li>${escapeXml(say(note, language))}</li>`)
  return `<footer><h2>${language === 'en' ? 'Notes' : '说明'}</h2><ul>${notes.join('')}</ul></footer>`
}
