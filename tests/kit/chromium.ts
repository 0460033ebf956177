import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** No sandbox inside containers, and nothing that makes the browser itself talk to the outside. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
]

/**
 * Where Chromium is (environment `CHROMIUM`, else the usual places), or null.
 * @throws in CI, where a journey that skips itself would pass for ever without anyone looking.
 */
export function findChromium(
  env: Readonly<Record<string, string | undefined>> = process.env,
  exists: (path: string) => boolean = existsSync,
  warn: (text: string) => void = (text) => void process.stderr.write(text),
): string | null {
  const found = [env['CHROMIUM'] ?? '', ...PLACES].find((path) => path !== '' && exists(path))
  if (found !== undefined) return found
  const message = `No Chromium in ${PLACES.join(', ')}; set CHROMIUM to its path`
  if (env['CI'] === 'true') throw new Error(message)
  warn(`\n!!! SKIPPED: journeys in the browser. ${message}\n\n`)
  return null
}

/** Starts a headless Chromium that can reach loopback only; close it after the tests. */
export async function startChromium(executablePath: string): Promise<Browser> {
  return await chromium.launch({ executablePath, headless: true, args: ARGUMENTS })
}
