import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import type { ConnectOptions } from './register.ts'
import type { UsernameToken } from './http/soap-client.ts'

/**
 * A secret of an existing system: as it is configured, else from the file of the synthetic city.
 *
 * @throws Failure `SOURCE_UNAVAILABLE` where neither is there
 */
export async function secretOf(
  configured: string | undefined,
  { dataDirectory }: Pick<ConnectOptions, 'dataDirectory'>,
  file: string,
): Promise<string> {
  if (configured !== undefined) return configured
  try {
    return (await readFile(join(dataDirectory, file), 'utf8')).trim()
  } catch {
    throw new Failure('SOURCE_UNAVAILABLE', { detail: `Neither a secret nor the file ${file} is there` })
  }
}

/** The username token of a department's SOAP service, from `soap-user` and `soap-password` in its folder otherwise. */
export async function usernameToken(
  options: ConnectOptions,
  folder: string,
  kind: UsernameToken['kind'],
): Promise<UsernameToken> {
  return {
    user: await secretOf(options.soapUser, options, `${folder}/soap-user`),
    password: await secretOf(options.soapPassword, options, `${folder}/soap-password`),
    kind,
  }
}

/** An address that a department cannot do without; throws `SOURCE_UNAVAILABLE` where it is not configured. */
export function addressOf(url: string | undefined, what: string): string {
  if (url !== undefined) return url
  throw new Failure('SOURCE_UNAVAILABLE', { detail: `The address of ${what} is not configured` })
}
