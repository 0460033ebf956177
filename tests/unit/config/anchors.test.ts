import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Config } from '../../../gateway/config/config.ts'
import { ConfigFault } from '../../../gateway/config/fault.ts'
import { loadConfig } from '../../../gateway/config/load.ts'
import { redactConfig } from '../../../gateway/config/redact.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'gx-anchors-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const PREFIX = 'GONGXIANG_AUDIT_ANCHORS'
const load = (env: Readonly<Record<string, string>>): Promise<Config> =>
  loadConfig({ file: undefined, env, cwd, role: 'gateway' })

async function faultsOf(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const error: unknown = await load(env).catch((thrown: unknown) => thrown)
  if (!(error instanceof ConfigFault)) throw new Error('was taken', { cause: error })
  return error.faults.map(({ path, message }) => `${path} ${message}`)
}

describe('second places in the configuration', () => {
  it('are none where none is stated', async () => {
    const { suite, replica, anchors } = (await load({})).audit
    expect([suite, replica]).toEqual(['international', 'gateway'])
    expect(anchors).toEqual({ folder: null, http: null, objectStore: null, everyMs: 60_000, lateMs: 600_000 })
  })

  it('are told no password in an address, which is shown in logs and in the state of health', async () => {
    const address = 'https://clerk:not-a-real-secret@archive.example/a'
    for (const name of [`${PREFIX}_HTTP_URL`, `${PREFIX}_OBJECT_STORE_ENDPOINT`]) {
      const faults = (await faultsOf({ [name]: address })).join()
      expect(faults).toContain('without a user name or password')
      expect(faults).not.toContain('not-a-real-secret')
    }
    expect((await faultsOf({ [`${PREFIX}_HTTP_URL`]: 'https://clerk@archive.example/' })).join()).toContain('user name')
  })

  it('take their secrets from files, and are printed without them', async () => {
    writeFileSync(join(cwd, 'secret'), 'not-a-real-secret\n')
    const config = await load({
      [`${PREFIX}_FOLDER`]: 'share',
      [`${PREFIX}_HTTP_URL`]: 'https://archive.example/a',
      [`${PREFIX}_HTTP_HMAC_KEY_FILE`]: 'secret',
      [`${PREFIX}_OBJECT_STORE_ENDPOINT`]: 'https://objects.example',
      [`${PREFIX}_OBJECT_STORE_BUCKET`]: 'city',
      [`${PREFIX}_OBJECT_STORE_ACCESS_KEY_ID`]: 'GK',
      [`${PREFIX}_OBJECT_STORE_SECRET_ACCESS_KEY_FILE`]: 'secret',
    })
    expect(config.audit.anchors).toMatchObject({
      folder: join(cwd, 'share'),
      http: { url: 'https://archive.example/a', bearer: null, hmacKey: 'not-a-real-secret' },
      objectStore: { bucket: 'city', prefix: '', secretAccessKey: 'not-a-real-secret' },
    })
    expect(JSON.stringify(redactConfig(config))).not.toContain('not-a-real-secret')
  })

  it('that are half stated are refused: nobody would notice that nothing is sent', async () => {
    expect(await faultsOf({ [`${PREFIX}_OBJECT_STORE_BUCKET`]: 'city' })).toEqual(
      ['endpoint', 'accessKeyId', 'secretAccessKey'].map(
        (name) =>
          `audit.anchors.objectStore.${name} is missing; endpoint, bucket, accessKeyId and secretAccessKey go together`,
      ),
    )
    expect(await faultsOf({ [`${PREFIX}_HTTP_BEARER`]: 'x' })).toEqual([
      'audit.anchors.http.url is missing; without it nothing is sent',
    ])
    expect(await faultsOf({ GONGXIANG_AUDIT_REPLICA: 'Hall 2' })).toHaveLength(1)
  })

  it('get no token over plain http in production', async () => {
    const env = { GONGXIANG_MODE: 'production', [`${PREFIX}_HTTP_BEARER`]: 'x' }
    const far = await faultsOf({ ...env, [`${PREFIX}_HTTP_URL`]: 'http://archive.example' })
    expect(far).toContain('audit.anchors.http.url must use https: the token would be readable (HZ-47.1)')
    for (const url of ['https://archive.example', 'http://127.0.0.1:9000']) {
      expect((await faultsOf({ ...env, [`${PREFIX}_HTTP_URL`]: url })).join()).not.toContain('anchors')
    }
  })
})
