import { createSecretKey } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDisclosure } from '../../gateway/adapters/disclosure-file.ts'
import { citizenEntries } from '../../gateway/governance/reports/citizen.ts'
import { citizenDocument } from '../../gateway/governance/reports/citizen-document.ts'
import { consumerReport } from '../../gateway/governance/reports/consumer.ts'
import { consumerDocument } from '../../gateway/governance/reports/consumer-document.ts'
import { officerCodes } from '../../gateway/governance/reports/officer-codes.ts'
import { providerReport } from '../../gateway/governance/reports/provider.ts'
import { providerDocument } from '../../gateway/governance/reports/provider-document.ts'
import { reportPage } from '../../gateway/governance/reports/page.ts'
import type { ReportDocument } from '../../gateway/governance/reports/report.ts'
import { yearlyReport } from '../../gateway/governance/reports/yearly.ts'
import { yearlyDocument } from '../../gateway/governance/reports/yearly-document.ts'
import type { GovernanceStore } from '../../gateway/governance/store/store.ts'
import { findChromium, startChromium } from '../kit/chromium.ts'
import { chained, insertRecords, openTestStore } from '../kit/governance.ts'
import { CATALOG, GRANTS, manyEntries, MATTERS, NAMES } from '../kit/report-samples.ts'

/* Every report as a page, in a browser and on paper: nothing runs, nothing is fetched, nothing stands outside the page. */

const chromium = findChromium()
const period = { since: Date.parse('2026-01-01T00:00:00+08:00'), until: Date.parse('2027-01-01T00:00:00+08:00') }
const COUNT = 600
const CITY = { zh: '中山市', en: 'Zhongshan' }
const issue = {
  reference: `rp_${'0'.repeat(26)}`,
  by: 'DA-0007',
  reason: '公民申请 2026-118',
  at: period.until,
  city: CITY,
  regime: 'zhongshan',
}

let store: GovernanceStore
let browser: Browser
let folder: string
const documents = new Map<string, ReportDocument>()

beforeAll(async () => {
  if (chromium === null) return
  folder = await mkdtemp(join(tmpdir(), 'gx-reports-'))
  store = await openTestStore()
  await insertRecords(store, chained(manyEntries(COUNT, period.since, (period.until - period.since) / COUNT)))
  await makeDocuments()
  browser = await startChromium(chromium)
}, 60_000)
afterAll(async () => {
  if (chromium === null) return
  await browser.close()
  await store.close()
  await rm(folder, { recursive: true })
})

async function makeDocuments(): Promise<void> {
  const disclosure = await readDisclosure('city/registers/disclosure.yaml')
  const officerCode = officerCodes(createSecretKey(Buffer.alloc(32, 3)), 'reader')
  const lateBefore = (): number => period.since
  const names = { ...NAMES, matter: (code: string | null) => (code === 'pension-stop' ? LONG : NAMES.matter(code)) }
  const facts = { names, period, disclosure, subjectType: 'RESIDENT_ID' }
  const entries = await citizenEntries(
    { store, names, disclosure, officerCode, now: period.until },
    ['subject-3'],
    period,
  )
  const asked = { department: 'housing-urban-rural', matter: null }
  const consumer = await consumerReport({ store, names, grants: GRANTS, officerCode, idleMonths: 3 }, asked, period)
  const annual = { clause: 'ZS-6.10', who: 'AUTHORITY', by: '03-31' }
  const sources = { store, names, catalog: CATALOG, matters: MATTERS, grants: GRANTS, lateBefore }
  documents.set('citizen', citizenDocument(entries, facts))
  documents.set('citizen of nobody', citizenDocument([], facts))
  documents.set(
    'provider',
    providerDocument(await providerReport({ store, names, lateBefore }, 'public-security', period), names),
  )
  documents.set('consumer', consumerDocument(consumer, names))
  documents.set(
    'yearly',
    yearlyDocument(await yearlyReport(sources, { regime: 'zhongshan', annual }, 2026), names, null),
  )
}

const LONG = {
  zh: '一个名称长得不能再长的事项'.repeat(8),
  en: `${'Anunbreakablenameofamatter'.repeat(6)} and more`,
}

const KINDS = ['citizen', 'citizen of nobody', 'provider', 'consumer', 'yearly'] as const
const LANGUAGES = ['zh-CN', 'en'] as const

describe.runIf(chromium !== null).each(KINDS)('the page of %s', (kind) => {
  test.each(LANGUAGES)('in %s', async (language) => {
    const document = documents.get(kind)
    if (document === undefined) throw new Error(`no document of ${kind}`)
    const file = join(folder, `${kind}-${language}.html`.replaceAll(' ', '-'))
    await writeFile(file, reportPage({ document, issue }, language))
    const page = await browser.newPage({ viewport: { width: 900, height: 1_200 } })
    const told: string[] = []
    const fetched: string[] = []
    page.on('console', (message) => told.push(message.text()))
    page.on('request', (request) => fetched.push(request.url()))
    await page.goto(`file://${file}`)
    // Its own policy lets its own style through: a title of this size is no default.
    expect(await page.evaluate('getComputedStyle(document.querySelector("h1")).fontSize')).toBe('27px')
    expect(await page.evaluate(OUTSIDE)).toEqual([])
    await page.setViewportSize({ width: 380, height: 800 })
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true })
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    expect(pdf.toString('latin1')).toMatch(/\/MediaBox \[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/)
    await page.close()
    expect(told).toEqual([])
    expect(fetched).toEqual([`file://${file}`])
    expect(await readFile(file, 'utf8')).toContain(issue.reference)
  })
})

test.runIf(chromium !== null)('a text that stands beside the paper is found', async () => {
  const document = documents.get('yearly')
  if (document === undefined) throw new Error('no document')
  const file = join(folder, 'planted.html')
  await writeFile(file, reportPage({ document, issue }, 'zh-CN').replace('<td>', `<td nowrap>${'很长'.repeat(200)}`))
  const page = await browser.newPage({ viewport: { width: 900, height: 1_200 } })
  await page.goto(`file://${file}`)
  expect(await page.evaluate(OUTSIDE)).toHaveLength(1)
  await page.close()
})

/** Texts that stand beside the paper, or beside the picture that they belong to. */
const OUTSIDE = `(() => {
  const paper = document.body.getBoundingClientRect()
  const beside = (inner, outer) => inner.left < outer.left - 1 || inner.right > outer.right + 1
  const cells = [...document.querySelectorAll('td, th, dd, h1, h2, li, figcaption')]
    .filter((one) => beside(one.getBoundingClientRect(), paper) || one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
  const labels = [...document.querySelectorAll('svg text')]
    .filter((one) => beside(one.getBoundingClientRect(), one.closest('figure').getBoundingClientRect()))
  return [...cells, ...labels].map((one) => one.textContent)
})()`
