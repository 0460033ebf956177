import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildConsole } from '../../scripts/build-console.ts'
import { findChromium, startChromium } from '../kit/chromium.ts'
import { startCity, tokenOf } from './graphiql-city.ts'
import type { City } from './graphiql-city.ts'

const executable = findChromium()

const SIGNED_IN = {
  headers: { authorization: `Bearer ${tokenOf('housing')}`, 'x-matter': 'HOUSING-PRH', 'x-case': 'PRH-2026-00017' },
  query: null,
  variables: { idDocumentNumber: '440000199001010007' },
}

/** Everything that the page tried to reach, and everything that its own policy stopped. */
interface Watch {
  readonly requests: string[]
  readonly violations: string[]
  readonly errors: string[]
}

function watch(context: BrowserContext, page: Page): Watch {
  const seen: Watch = { requests: [], violations: [], errors: [] }
  context.on('request', (request) => seen.requests.push(request.url()))
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) seen.violations.push(message.text())
    else if (message.type() === 'error') seen.errors.push(message.text())
  })
  page.on('pageerror', (error) => seen.errors.push(error.message))
  return seen
}

/** Waits until a part of the page shows a text: editors paint a moment after they are told. */
async function shows(part: Locator, text: string): Promise<void> {
  await expect.poll(() => part.innerText(), { timeout: 10_000 }).toContain(text)
}

/** Addresses outside the page's origin; data URIs are part of the page. */
function outside(seen: Watch, origin: string): readonly string[] {
  return seen.requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:'))
}

const STORED = `(async () => ({
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  cookies: document.cookie,
}))()`
const NOTHING_STORED = { local: 0, session: 0, databases: 0, caches: 0, cookies: '' }

describe.skipIf(executable === null)('GraphiQL in a browser', () => {
  let folder: string
  let browser: Browser
  let city: City
  let context: BrowserContext
  let page: Page
  let seen: Watch

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gongxiang-console-'))
    await buildConsole({ outDir: join(folder, 'console') })
    browser = await startChromium(executable ?? '')
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    city = await startCity(join(folder, 'console'), SIGNED_IN)
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'zh-CN' })
    page = await context.newPage()
    seen = watch(context, page)
  })
  afterEach(async () => {
    await context.close()
    await city.close()
  })

  async function open(): Promise<void> {
    await page.goto(`${city.origin}/graphiql`)
    await page.getByText('query').first().waitFor()
    // The schema has arrived once the documentation can name its root.
    await expect.poll(() => city.calls.length).toBeGreaterThan(0)
    await page.locator('.graphiql-sidebar button[aria-label*="fetch"]:not([disabled])').waitFor()
  }

  /** Presses Ctrl-Enter in the query editor, as someone who never leaves the keyboard. */
  async function runByKeyboard(): Promise<void> {
    await page.locator('.graphiql-query-editor .view-lines').click()
    await page.keyboard.press('Control+Enter')
    await page.getByTestId('receipt').waitFor()
  }

  /** Through the clipboard: typed text would get its brackets and quotes closed by the editor. */
  async function paste(text: string): Promise<void> {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: city.origin })
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`)
    await page.keyboard.press('Control+V')
  }

  async function becomeCaller(department: string, matter: string): Promise<void> {
    await page.getByRole('button', { name: 'Headers' }).click()
    await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines').click()
    await page.keyboard.press('Control+A')
    await paste(JSON.stringify({ authorization: `Bearer ${tokenOf(department)}`, 'x-matter': matter }))
    await page.getByRole('button', { name: 'Reload schema' }).click()
    await expect.poll(() => city.calls.at(-1)?.headers['x-matter']).toBe(matter)
    await page.getByRole('button', { name: 'Reload schema' }).waitFor({ state: 'detached' })
  }

  test('shows the editor, the prefilled headers and who asks for which matter', async () => {
    await open()
    expect(await page.title()).toBe('共享 Gongxiang · GraphiQL')
    const standing = page.getByRole('status', { name: 'Standing' })
    for (const part of ['housing', '窗口甲', 'HOUSING-PRH', 'PRH-2026-00017']) await shows(standing, part)
    await shows(page.locator('.graphiql-query-editor'), '一位居民')
    await page.getByRole('button', { name: 'Headers' }).click()
    await shows(page.locator('.graphiql-editor-tool'), 'x-matter')
  })

  test('introspects with the prefilled headers, so that the schema is the caller’s view', async () => {
    await open()
    expect(city.calls).toHaveLength(1)
    expect(city.calls[0]).toMatchObject({
      operationName: 'IntrospectionQuery',
      headers: { ...SIGNED_IN.headers, 'x-decisions': 'all' },
    })
  })

  test('runs the query from the keyboard and shows answer, receipt and decisions', async () => {
    await open()
    await runByKeyboard()
    expect(city.calls.at(-1)).toMatchObject({
      operationName: 'Citizen',
      headers: SIGNED_IN.headers,
      variables: SIGNED_IN.variables,
    })
    await shows(page.locator('.result-window'), '欧阳**')
    await shows(page.getByTestId('receipt'), 'gx_01jd8x3v6n7q2m5k9r4t0w8y1z')
    const panel = page.getByRole('region', { name: '决定 Decisions' })
    const refused = panel.locator('tr[data-decision="DENY"]')
    for (const part of [
      '拒绝 DENY',
      'person.household.photo',
      'HouseholdRegistration.photo',
      'NO_GRANT',
      'ZS-4.08',
      '提出共享申请',
    ]) {
      await shows(refused, part)
    }
    await shows(panel.locator('tr[data-decision="MASK"]').first(), 'M-NAME')
    await shows(panel.locator('tr[data-decision="ALLOW"]').last(), 'G-101')
    await shows(panel, '2026-11-01T00:00:00+08:00')
    await shows(page.getByRole('status', { name: 'Standing' }), 'zhongshan')
  })

  test('the documentation says class, level, provider and clause of a field', async () => {
    await open()
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
    const documentation = page.locator('.graphiql-doc-explorer')
    await documentation.locator('.graphiql-doc-explorer-type-name', { hasText: /^Query$/ }).click()
    await documentation.locator('.graphiql-doc-explorer-type-name', { hasText: /^Person$/ }).click()
    const label = '【有条件共享 · L3 · 人力资源和社会保障部门 · ZS-4.08】'
    await expect.poll(() => documentation.innerText(), { timeout: 10_000 }).toContain(label)
  })

  test('a code leads to its explanation, in both languages', async () => {
    await open()
    await runByKeyboard()
    await page.getByRole('button', { name: 'NO_GRANT' }).click()
    const entry = page.locator('.gx-code-open')
    await shows(entry, '尚未获得该数据项的授权')
    await shows(entry, 'There is no grant for the field')
    // The counts below the answer lead back, also after the pane was closed by its own button.
    await page.getByRole('button', { name: 'Hide 代码 Codes' }).click()
    await page.locator('.gx-counts').click()
    await page.locator('tr[data-decision="DENY"]').waitFor()
    expect((await page.getByRole('region', { name: '决定 Decisions' }).boundingBox())?.x).toBeGreaterThanOrEqual(0)
  })

  test('other headers: the schema is offered again and read as the other caller', async () => {
    await open()
    await becomeCaller('market', 'LICENCE-CHANGE')
    await shows(page.getByRole('status', { name: 'Standing' }), 'market')
    // The view of Market regulation has no disability record; the query that asks for it is marked.
    await page.locator('.graphiql-query-editor .view-lines').click()
    await page.keyboard.press('Control+End')
    const marks = page.locator('.graphiql-query-editor .squiggly-error')
    await marks.first().waitFor()
    await becomeCaller('housing', 'HOUSING-PRH')
    await expect.poll(() => marks.count()).toBe(0)
  })

  test('reaches no other address, breaks no policy, leaves nothing behind', async () => {
    await open()
    await runByKeyboard()
    await page.getByRole('button', { name: 'New tab' }).click()
    await page.getByRole('button', { name: 'Prettify' }).click()
    // GraphiQL writes to its storage half a second after the last change.
    await page.waitForTimeout(800)
    expect(outside(seen, city.origin)).toEqual([])
    expect(
      seen.requests.some((url) => /\/graphql-\w+\.js$/.test(url)),
      'the GraphQL worker was loaded',
    ).toBe(true)
    expect(seen.violations).toEqual([])
    expect(seen.errors).toEqual([])
    expect(await page.evaluate(STORED)).toEqual(NOTHING_STORED)
  })

  test('those checks bite: a planted request, script and stored value are all seen', async () => {
    await open()
    await page.evaluate(`fetch('http://elsewhere.invalid/x').catch(() => undefined)`)
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { text: 'planted = 1' }))`,
    )
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('img'), { src: 'http://elsewhere.invalid/y' }))`,
    )
    await page.evaluate(`localStorage.setItem('planted', '1')`)
    await expect.poll(() => seen.violations.length).toBeGreaterThanOrEqual(3)
    expect(await page.evaluate('typeof planted')).toBe('undefined')
    expect(await page.evaluate(STORED)).not.toEqual(NOTHING_STORED)
    await page.goto('http://elsewhere.invalid/z').catch(() => undefined)
    expect(outside(seen, city.origin)).toContain('http://elsewhere.invalid/z')
  })
})

describe.skipIf(executable === null)('GraphiQL for someone who is not signed in', () => {
  test('explains the headers, and shows what the gateway says', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gongxiang-console-'))
    const browser = await startChromium(executable ?? '')
    await buildConsole({ outDir: join(folder, 'console') })
    const city = await startCity(join(folder, 'console'), null)
    try {
      const page = await browser.newPage()
      await page.goto(`${city.origin}/graphiql`)
      await page.locator('.result-window').getByText('UNAUTHENTICATED').waitFor()
      await shows(page.locator('.graphiql-editor-tool'), '令牌')
      // Refused once, not twice, and with no half-filled Authorization header.
      expect(city.calls).toHaveLength(1)
      expect(city.calls[0]?.headers.authorization).toBeUndefined()
    } finally {
      await browser.close()
      await city.close()
      await rm(folder, { recursive: true, force: true })
    }
  }, 60_000)
})
