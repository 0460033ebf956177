import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { folderAnchor } from '../../gateway/adapters/anchor-folder.ts'
import { httpAnchor } from '../../gateway/adapters/anchor-http.ts'
import { objectStoreAnchor } from '../../gateway/adapters/anchor-object-store.ts'
import { anchoredChains, anchoredNames, anchorPath, newestAnchored } from '../../gateway/adapters/anchor-store.ts'
import type { AnchorStore } from '../../gateway/adapters/anchor-store.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { objectPlace, webPlace } from '../kit/second-places.ts'
import type { SecondPlace } from '../kit/second-places.ts'

const TOKEN = 'not-a-real-token'
const HMAC = 'not-a-real-key'
const KEYS = { id: 'GKEXAMPLE', secret: 'not/a+real/secret' }

interface Opened {
  readonly store: AnchorStore
  close(): Promise<void>
}

async function folder(): Promise<Opened> {
  const directory = await mkdtemp(join(tmpdir(), 'gongxiang-anchor-'))
  return { store: folderAnchor(directory), close: () => rm(directory, { recursive: true }) }
}

async function web(): Promise<Opened> {
  const place = await webPlace(TOKEN, HMAC)
  const options = { url: `${place.url}/anchors`, bearer: TOKEN, hmacKey: HMAC }
  return { store: httpAnchor(options, systemClock), close: () => place.close() }
}

const storeOptions = (place: SecondPlace) => ({
  endpoint: place.url,
  bucket: 'city-audit',
  region: 'cn-south-1',
  prefix: 'gateway/',
  accessKeyId: KEYS.id,
  secretAccessKey: KEYS.secret,
})

async function objects(): Promise<Opened> {
  const place = await objectPlace('city-audit', KEYS)
  return { store: objectStoreAnchor(storeOptions(place), systemClock), close: () => place.close() }
}

const KINDS: readonly (readonly [string, () => Promise<Opened>])[] = [
  ['a folder', folder],
  ['a web server', web],
  ['an object store', objects],
]

describe.each(KINDS)('a second place: %s', (_, open) => {
  let opened: Opened
  beforeEach(async () => {
    opened = await open()
  })
  afterEach(() => opened.close())

  it('keeps a text under a name once, and never another', async () => {
    const { store } = opened
    const name = anchorPath('gateway', 12)
    expect(await store.get(name)).toBeNull()
    expect(await store.put(name, 'origin\n12\n— 签名\n')).toBe('stored')
    expect(await store.put(name, 'another')).toBe('exists')
    expect(await store.get(name)).toBe('origin\n12\n— 签名\n')
  })

  it('is kept to one text, however many bring one at once', async () => {
    const { store } = opened
    const outcomes = await Promise.all(Array.from({ length: 6 }, (_unused, at) => store.put('gateway/one', `${at}`)))
    expect(outcomes.toSorted()).toEqual([...Array<string>(5).fill('exists'), 'stored'])
    expect(await store.get('gateway/one')).toBe(String(outcomes.indexOf('stored')))
  })

  it('tells which chains and which checkpoints it knows, and the newest', async () => {
    const { store } = opened
    expect(await anchoredChains(store)).toEqual([])
    expect(await newestAnchored(store, 'gateway-1')).toBeNull()
    const sizes = [0, 7, 1_000, 999_999, 1_000_000, 12_345_678]
    for (const size of sizes) await store.put(anchorPath('gateway-1', size), `${size}`)
    await store.put(anchorPath('gateway-2', 3), '3')
    expect(await anchoredChains(store)).toEqual(['gateway-1', 'gateway-2'])
    expect(await anchoredNames(store, 'gateway-1')).toEqual(sizes.map((size) => anchorPath('gateway-1', size)))
    expect(await newestAnchored(store, 'gateway-1')).toMatchObject({ note: '12345678', checkpoint: null })
    expect(await anchoredNames(store, 'gateway-3')).toEqual([])
  })
})

describe('a folder', () => {
  it('that is gone, as an unmounted share is, is neither filled nor taken for empty', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'gongxiang-anchor-'))
    const store = folderAnchor(directory)
    await store.put(anchorPath('gateway', 1), 'one')
    await rename(directory, `${directory}-away`)
    await expect(store.put(anchorPath('gateway', 2), 'two')).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(store.names('')).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(store.names('gateway/')).rejects.toMatchObject({ code: 'ENOENT' })
    await rm(`${directory}-away`, { recursive: true })
  })

  it('holds files that nobody writes again, and no draft', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'gongxiang-anchor-'))
    await folderAnchor(directory).put('gateway/0000000000/note', 'one')
    const at = join(directory, 'gateway', '0000000000')
    expect(await readdir(at)).toEqual(['note'])
    expect((await stat(join(at, 'note'))).mode & 0o222).toBe(0)
    expect(await readFile(join(at, 'note'), 'utf8')).toBe('one')
    await chmod(at, 0o755)
    await rm(directory, { recursive: true })
  })
})

describe('a folder on a share that hangs', () => {
  it('is given up after its time, and asked nothing more until it answers', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'gongxiang-anchor-'))
    const pipe = join(directory, 'note')
    // Nobody writes to it: reading it hangs as a share does whose server is gone.
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0)
    const store = folderAnchor(directory, 50)
    await expect(store.get('note')).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    await expect(store.names('')).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    await writeFile(pipe, 'late')
    await vi.waitFor(async () => expect(await store.names('')).toEqual(['note']))
    await rm(directory, { recursive: true })
  })
})

describe('a server that knows nothing of conditions', () => {
  it.each(['http', 'object-store'] as const)(
    'has nothing overwritten, and a conflict is no success: %s',
    async (kind) => {
      const kept = new Map<string, string>()
      const state = { conflict: false, puts: 0 }
      const server = createServer((request, response) => {
        const path = request.url ?? ''
        if (request.method === 'GET') {
          const text = kept.get(path)
          response.writeHead(text === undefined ? 404 : 200).end(text)
          return
        }
        state.puts += 1
        kept.set(path, 'written')
        request.resume().on('end', () => response.writeHead(state.conflict ? 409 : 201).end())
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const store =
        kind === 'http'
          ? httpAnchor({ url, bearer: null, hmacKey: null }, systemClock)
          : objectStoreAnchor(
              { endpoint: url, bucket: 'city-audit', region: 'x', prefix: '', accessKeyId: 'a', secretAccessKey: 'b' },
              systemClock,
            )
      expect(await store.put('gateway/one', 'x')).toBe('stored')
      expect(await store.put('gateway/one', 'y')).toBe('exists')
      expect(state.puts).toBe(1)
      state.conflict = true
      await expect(store.put('gateway/two', 'x')).rejects.toThrow('answered 409')
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  )
})

describe('a place that does not know us', () => {
  it('refuses, and the reason holds no secret', async () => {
    const [one, two] = [await webPlace(TOKEN, HMAC), await objectPlace('city-audit', KEYS)]
    const wrong = [
      httpAnchor({ url: one.url, bearer: 'other', hmacKey: HMAC }, systemClock),
      httpAnchor({ url: one.url, bearer: TOKEN, hmacKey: 'other' }, systemClock),
      httpAnchor({ url: one.url, bearer: TOKEN, hmacKey: null }, systemClock),
      objectStoreAnchor({ ...storeOptions(two), secretAccessKey: 'other' }, systemClock),
      objectStoreAnchor({ ...storeOptions(two), accessKeyId: 'OTHER' }, systemClock),
    ]
    for (const store of wrong) {
      const error: unknown = await store.put('gateway/x', 'x').catch((thrown: unknown) => thrown)
      expect(String(error)).toMatch(/answered 40[13]$/)
      await expect(store.names('')).rejects.toThrow(/answered 40[13]$/)
    }
    expect([one.kept.size, two.kept.size]).toEqual([0, 0])
    await Promise.all([one.close(), two.close()])
  })

  it('that redirects is not followed: the token would go with it', async () => {
    const place = await webPlace(TOKEN, HMAC)
    place.failing = 307
    const store = httpAnchor({ url: place.url, bearer: TOKEN, hmacKey: HMAC }, systemClock)
    await expect(store.put('gateway/x', 'x')).rejects.toThrow('fetch failed')
    await place.close()
  })

  it.each([
    ['as JSON', '["gateway-1/", "gateway-2/", "note.txt", 7]'],
    ['as lines', 'gateway-1/\ngateway-2/\r\nsome other text\n'],
    [
      'as a page with whole paths',
      '<h1>/a b/</h1><a href="/">up</a><a href="/gateway-1/">x</a><a href="/gateway-2/">y</a>',
    ],
  ])('may list its names %s', async (_, list) => {
    const server = createServer((_request, response) => response.end(list))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const store = httpAnchor({ url: `http://127.0.0.1:${port}`, bearer: null, hmacKey: null }, systemClock)
    expect(await anchoredChains(store)).toEqual(['gateway-1', 'gateway-2'])
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })
})
