import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import type { OperationMode } from '../../gateway/caller/parties.ts'
import type { TestGateway } from './gateway.ts'
import type { RawRequest, Reply } from './gateway-http.ts'

const PARTIES = join(import.meta.dirname, '../../city/registers/parties.yaml')

interface Listed {
  readonly code: string
}
interface ListedParty extends Listed {
  readonly applications?: readonly Listed[]
}

/** The demonstration city's parties, with what some departments ask of their applications (`department/application`). */
export async function partiesAsking(modes: Readonly<Record<string, OperationMode>>): Promise<object> {
  const { version, parties } = parse(await readFile(PARTIES, 'utf8')) as { version: 1; parties: readonly ListedParty[] }
  const amended = (party: string, one: Listed): Listed => {
    const operations = modes[`${party}/${one.code}`]
    return operations ? Object.assign({}, one, { operations }) : one
  }
  return {
    version,
    parties: parties.map((party) => ({
      ...party,
      applications: (party.applications ?? []).map((one) => amended(party.code, one)),
    })),
  }
}

/** Who asks, for which matter. */
export interface Standing {
  readonly as: TokenSubject
  readonly matter: string | null
  readonly case?: string
  readonly actingFor?: string
}

/** Posts a body as it is: an object as JSON, a text unchanged. */
export async function post(
  gateway: TestGateway,
  { as, matter, case: file, actingFor }: Standing,
  body: object | string,
): Promise<Reply> {
  const headers: NonNullable<RawRequest['headers']> = [
    ['content-type', 'application/json'],
    ['accept-language', 'en'],
    ['authorization', `Bearer ${await gateway.token(as)}`],
    ...(matter === null ? [] : [['x-matter', matter] as const]),
    ...(file === undefined ? [] : [['x-case', file] as const]),
    ...(actingFor === undefined ? [] : [['x-acting-for', actingFor] as const]),
  ]
  return gateway.send({ headers, body: typeof body === 'string' ? body : JSON.stringify(body) })
}

/** Changes a register as an editor does: whole, under its name. */
export async function replaceRegister(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
}
