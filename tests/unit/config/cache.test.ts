import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../../../gateway/config/load.ts'
import { redactConfig } from '../../../gateway/config/redact.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function cacheOf(env: Readonly<Record<string, string>>) {
  const cwd = await mkdtemp(join(tmpdir(), 'gx-config-'))
  folders.push(cwd)
  await writeFile(join(cwd, 'password'), 'redis://:secret@127.0.0.1:7000\n')
  return loadConfig({ file: undefined, env, cwd })
}

const SHARED = { GONGXIANG_REDIS_URL: 'redis://127.0.0.1:6379' }

describe('the Redis of the cache', () => {
  test('is none by default: each process keeps for itself', async () => {
    expect((await cacheOf({})).cache).toEqual({
      enabled: true,
      maxTtlSeconds: 300,
      realtimeTtlSeconds: 5,
      memoryEntries: 10_000,
      memoryBytes: 16_777_216,
      commandTimeoutMs: 50,
      redis: null,
    })
  })

  test('is that of the counters where it has none of its own, which is a single one', async () => {
    const { cache } = await cacheOf({ ...SHARED, GONGXIANG_CACHE_REDIS_KIND: 'cluster' })
    expect(cache.redis).toMatchObject({ url: SHARED.GONGXIANG_REDIS_URL, kind: 'single' })
  })

  test('is its own, of any layout', async () => {
    const { cache } = await cacheOf({
      ...SHARED,
      GONGXIANG_CACHE_REDIS_URL_FILE: 'password',
      GONGXIANG_CACHE_REDIS_KIND: 'sentinel',
      GONGXIANG_CACHE_REDIS_NODES: '10.0.0.2:26379,10.0.0.3:26379',
      GONGXIANG_CACHE_REDIS_MASTER: 'city',
      GONGXIANG_CACHE_REDIS_SENTINEL_PASSWORD: 'another',
    })
    expect(cache.redis).toEqual({
      url: 'redis://:secret@127.0.0.1:7000',
      kind: 'sentinel',
      nodes: ['10.0.0.2:26379', '10.0.0.3:26379'],
      master: 'city',
      sentinelPassword: 'another',
    })
  })

  test('shows no password where the configuration is printed', async () => {
    const config = await cacheOf({
      GONGXIANG_CACHE_REDIS_URL: 'redis://:secret@127.0.0.1:7000',
      GONGXIANG_CACHE_REDIS_SENTINEL_PASSWORD: 'another',
    })
    expect(JSON.stringify(redactConfig(config))).not.toMatch(/secret@|another/)
  })

  test.each(['10.0.0.2', 'redis://10.0.0.2:6379', '10.0.0.2:6379;10.0.0.3:6379'])(
    'has no nodes like %j',
    async (nodes) => {
      await expect(cacheOf({ GONGXIANG_CACHE_REDIS_NODES: nodes })).rejects.toThrow(/host:port/)
    },
  )
})
