import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { hiddenInput } from './hidden-input.ts'
import type { BackupTarget } from './backup-target.ts'
import { CommandFault } from './terminal.ts'

/** Name of the encrypted keys in a backup. */
export const KEYS = 'keys.enc'

/** About half a second and 128 MiB for each guess. */
const COST = { N: 131_072, r: 8, p: 1 } as const
const KEY_BYTES = 32
const LEAST_CHARACTERS = 12

const bytes = z.base64url()
const head = z.strictObject({
  v: z.literal(1),
  kind: z.literal('gongxiang-keys'),
  kdf: z.literal('scrypt'),
  // A file that is not ours must not make this machine count for hours.
  N: z.literal(COST.N),
  r: z.literal(COST.r),
  p: z.literal(COST.p),
  salt: bytes,
  cipher: z.literal('aes-256-gcm'),
  nonce: bytes,
})
const keyFiles = z.array(z.strictObject({ name: z.string().regex(/^[a-z0-9-]+\.json$/), text: z.string() }))

/**
 * A passphrase: the first line of a file, or typed in, twice where it is new. Never an argument.
 *
 * @throws CommandFault where it is too short to withstand guessing, or was typed in two ways
 */
export async function passphrase(file: string | undefined, isNew: boolean): Promise<string> {
  const given =
    file === undefined
      ? await hiddenInput('Passphrase: ')
      : ((
          await readFile(file, 'utf8').catch(() => {
            throw new CommandFault(`${file} cannot be read`)
          })
        )
          .split('\n', 1)[0]
          ?.replace(/\r$/, '') ?? '')
  if (!isNew) return given
  if ([...given].length < LEAST_CHARACTERS)
    throw new CommandFault(
      `the passphrase must have ${LEAST_CHARACTERS} characters or more: it alone protects the keys`,
    )
  const typed = file === undefined && process.stdin.isTTY
  if (typed && (await hiddenInput('The same again: ')) !== given) throw new CommandFault('the two differ')
  return given
}

function derive(secret: string, salt: Uint8Array): Promise<Buffer> {
  const options = { ...COST, maxmem: 256 * 1024 * 1024 }
  return new Promise((resolve, reject) => {
    scrypt(secret.normalize('NFC'), salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

/** Puts the private keys into a backup, under a passphrase (scrypt, AES-256-GCM), and the public ones as they are. */
export async function backUpKeys(directory: string, secret: string, target: BackupTarget): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json')).toSorted()
  const files = await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(directory, name), 'utf8') })),
  )
  await target.put(KEYS, await encrypted(Buffer.from(JSON.stringify(files)), secret))
}

/** Public halves are no secret, and needed to prove what the backup holds. */
export async function backUpPublicKeys(directory: string, target: BackupTarget): Promise<void> {
  const folder = join(directory, 'public')
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.json')).toSorted())
    await target.put(`public-keys/${name}`, await readFile(join(folder, name)))
}

async function encrypted(content: Uint8Array, secret: string): Promise<Uint8Array> {
  const [salt, nonce] = [randomBytes(16), randomBytes(12)]
  const text = JSON.stringify({
    v: 1,
    kind: 'gongxiang-keys',
    kdf: 'scrypt',
    ...COST,
    salt: salt.toString('base64url'),
    cipher: 'aes-256-gcm',
    nonce: nonce.toString('base64url'),
  })
  const cipher = createCipheriv('aes-256-gcm', await derive(secret, salt), nonce)
  cipher.setAAD(Buffer.from(text))
  const sealed = Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()])
  return Buffer.from(`${text}\n${sealed.toString('base64')}\n`)
}

const TAG = 16

/**
 * Writes the keys of a backup into a folder (0700, files 0600).
 *
 * @throws CommandFault where the passphrase is another, or the file was altered
 */
export async function restoreKeys(folder: string, to: string, secret: string): Promise<void> {
  const files = keyFiles.parse(
    JSON.parse((await decrypted(await readFile(join(folder, KEYS), 'utf8'), secret)).toString('utf8')),
  )
  await mkdir(to, { recursive: true, mode: 0o700 })
  for (const { name, text } of files) await writeFile(join(to, name), text, { flag: 'wx', mode: 0o600, flush: true })
}

async function decrypted(text: string, secret: string): Promise<Buffer> {
  const [first = '', body = ''] = text.split('\n')
  const parsed = head.safeParse(parse(first))
  if (!parsed.success) throw new CommandFault(`${KEYS} is no file of keys that this program knows`)
  const { salt, nonce } = parsed.data
  const sealed = Buffer.from(body, 'base64')
  const key = await derive(secret, Buffer.from(salt, 'base64url'))
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: TAG })
  try {
    decipher.setAAD(Buffer.from(first))
    decipher.setAuthTag(sealed.subarray(-TAG))
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()])
  } catch {
    throw new CommandFault(`${KEYS}: the passphrase is another, or the file was altered`)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
