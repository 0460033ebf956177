import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { alarmData } from '../../../gateway/adapters/alarm-data.ts'
import { loadConfig } from '../../../gateway/config/load.ts'
import { redactConfig } from '../../../gateway/config/redact.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

const SECRET = 'a-secret-that-the-receiver-shares'

async function configOf(env: Readonly<Record<string, string>>) {
  const cwd = await mkdtemp(join(tmpdir(), 'gx-config-'))
  folders.push(cwd)
  await writeFile(join(cwd, 'secret'), `${SECRET}\n`)
  const prefixed = Object.entries(env).map(([name, value]) => [`GONGXIANG_ALARMS_${name}`, value] as const)
  return loadConfig({ file: undefined, env: Object.fromEntries(prefixed), cwd })
}

const HTTPS = { WEBHOOK_URL: 'https://duty.example/alarms', WEBHOOK_SECRET_FILE: 'secret' }

describe('alarms', () => {
  test('are on by default, suspend nobody and are posted nowhere', async () => {
    const config = await configOf({})
    expect(config.alarms).toEqual({ enabled: true, rules: null, suspend: false, webhook: null })
    expect(alarmData(config)).toEqual({ rules: null, webhook: null, officers: null })
  })

  test('can be off, and can suspend by the events that the gateway follows', async () => {
    expect(alarmData(await configOf({ ENABLED: 'false' }))).toBeNull()
    expect(alarmData(await configOf({ SUSPEND: 'true' }))?.officers).toMatch(/events\/officers\.jsonl$/)
  })

  test('are posted where a secret is given, which is never printed', async () => {
    const config = await configOf({ ...HTTPS, RULES: 'alarms.yaml' })
    expect(config.alarms.webhook).toEqual({
      url: 'https://duty.example/alarms',
      secret: SECRET,
      privateNetwork: false,
      authorities: null,
    })
    expect(config.alarms.rules).toMatch(/^\/.*alarms\.yaml$/)
    expect(JSON.stringify(redactConfig(config))).not.toContain(SECRET)
  })

  test.each([
    [{ WEBHOOK_URL: HTTPS.WEBHOOK_URL }, 'alarms.webhook.secret: is missing'],
    [{ ...HTTPS, WEBHOOK_SECRET_FILE: '', WEBHOOK_SECRET: 'short' }, '32 characters'],
    [{ ...HTTPS, WEBHOOK_URL: 'http://duty.example/alarms' }, 'must be https'],
    [{ WEBHOOK_SECRET_FILE: 'secret' }, 'alarms.webhook.url: is missing'],
  ])('with %j are refused', async (env, message) => {
    const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
    await expect(configOf(given)).rejects.toThrow(message)
  })

  test('may be posted without TLS in a private network alone', async () => {
    const url = 'http://10.0.0.7/alarms'
    const { alarms } = await configOf({ ...HTTPS, WEBHOOK_URL: url, WEBHOOK_PRIVATE_NETWORK: 'true' })
    expect(alarms.webhook).toMatchObject({ url, privateNetwork: true })
  })
})
