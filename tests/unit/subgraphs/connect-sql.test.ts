import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { residencePermit } from '../../../subgraphs/residence-permit/source.ts'
import { testCity } from '../../kit/city.ts'
import type { TestCity } from '../../kit/city.ts'

const run = promisify(execFile)
const SOURCE = new URL('../../../subgraphs/residence-permit/source.ts', import.meta.url)
/** A folder of departments that has nothing in it. */
const NOWHERE = '/nonexistent'

let city: TestCity
let directory: string

beforeAll(async () => {
  city = await testCity(60)
  directory = join(city.directory, '..', 'permits')
  await mkdir(directory)
  await copyFile(join(city.directory, 'residence-permit/jzz.db'), join(directory, 'jzz.db'))
})
afterAll(async () => {
  await chmod(directory, 0o755)
  await city.close()
})

/** Whether the department can be asked. */
async function health(options: Parameters<typeof residencePermit.connect>[0]): Promise<boolean> {
  const source = await residencePermit.connect(options)
  const { ok } = await source.health()
  await source.close()
  return ok
}

describe('a department whose system is read by SQL', () => {
  test('reads the file of the city where nothing is configured', async () => {
    expect(await health({ dataDirectory: city.directory })).toBe(true)
  })

  test('reads the file of the same name in the folder that is configured, and none of the city', async () => {
    expect(await health({ dataDirectory: NOWHERE, directory })).toBe(true)
    const elsewhere = { dataDirectory: city.directory, directory: NOWHERE }
    await expect(residencePermit.connect(elsewhere)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  })

  test('reads its database where an address is given, whatever folder stands beside it', async () => {
    const databaseUrl = 'postgres://reader@127.0.0.1:1/permits'
    expect(await health({ dataDirectory: city.directory, directory, databaseUrl })).toBe(false)
  })

  test('can read a folder that nobody can write to, and leaves nothing in it', async () => {
    await chmod(join(directory, 'jzz.db'), 0o444)
    await chmod(directory, 0o555)
    await chmod(join(directory, '..'), 0o755)
    // Root may write anywhere: another user then reads, and shows first that it cannot write.
    const [command, ...words] = [...asAnother(), process.execPath, '--input-type=module', '--eval', READ]
    const { stdout } = await run(command, [...words, SOURCE.href, directory])
    expect(JSON.parse(stdout)).toEqual({ writes: 'EACCES', ok: true })
    expect(await readdir(directory)).toEqual(['jzz.db'])
  })
})

function asAnother(): readonly string[] {
  return process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
}

const READ = `
import { writeFile } from 'node:fs/promises'
const [source, directory] = process.argv.slice(1)
const { residencePermit } = await import(source)
const writes = await writeFile(directory + '/x', '').then(() => 'can write', (error) => error.code)
const connected = await residencePermit.connect({ dataDirectory: '${NOWHERE}', directory })
const { ok } = await connected.health()
await connected.close()
console.log(JSON.stringify({ writes, ok }))
`
