import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { expect } from 'vitest'
import type { OldSystem } from '../../../city/systems/old-system.ts'
import type { RestLogged } from '../../../city/systems/rest-table-server.ts'
import type { Subgraph, SubgraphAnswer } from '../../../subgraphs/kit/contract.ts'
import type { Department } from '../../../subgraphs/kit/register.ts'
import { createSubgraph } from '../../../subgraphs/kit/subgraph.ts'
import { testCity } from '../../kit/city.ts'
import { startOldSystem } from '../../kit/old-system.ts'

const CONTEXT = { receipt: 'gx_test', consumer: 'housing', matter: null }

const record = z.record(z.string(), z.unknown())
const pageShape = z.object({ nodes: z.array(record), endCursor: z.string().nullable(), hasNextPage: z.boolean() })

/** A record as it was answered. */
export type Answered = z.infer<typeof record>
export type AnsweredPage = z.infer<typeof pageShape>

/** A department over its old system, whose own log is seen. */
export interface RestBench {
  /** Address of the old system. */
  readonly url: string
  /** Its secret. */
  readonly key: string
  readonly directory: string
  ask(query: string, variables?: Readonly<Record<string, unknown>>): Promise<SubgraphAnswer>
  /** Asks for fields of representations, and fails where the answer has an error; null for what is not there. */
  entities(selection: string, references: readonly object[]): Promise<readonly (Answered | null)[]>
  /** Asks for a page of a list, and fails where the answer has an error. */
  page(field: string, query: string, variables: Readonly<Record<string, unknown>>): Promise<AnsweredPage>
  /** Calls of the old system since the last one of this. */
  calls(): readonly RestLogged[]
  /** The department as it is when it is configured with another secret. */
  withKey(apiKey: string): Promise<Subgraph>
  close(): Promise<void>
}

/** Starts a small city's old system and the department over it. */
export async function startRestDepartment(
  department: Department,
  system: (onCall: (call: RestLogged) => void) => OldSystem,
): Promise<RestBench> {
  const city = await testCity()
  const seen: RestLogged[] = []
  const running = await startOldSystem(
    city.directory,
    system((call) => seen.push(call)),
  )
  const options = { dataDirectory: city.directory, apiUrl: running.url }
  const subgraph = createSubgraph(department, await department.connect(options))
  const file = await readFile(join(city.directory, department.name, 'api-key'), 'utf8')
  const ask: RestBench['ask'] = (query, variables = {}) => subgraph.execute({ query, variables }, CONTEXT)
  return {
    url: running.url,
    key: file.trim(),
    directory: city.directory,
    ask,
    async entities(selection, references) {
      const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ${selection} } }`
      const { data, errors } = await ask(query, { r: references })
      expect(errors).toBeUndefined()
      return z.array(record.nullable()).parse(data?.['_entities'])
    },
    async page(field, query, variables) {
      const { data, errors } = await ask(query, variables)
      expect(errors).toBeUndefined()
      return pageShape.parse(data?.[field])
    },
    calls: () => seen.splice(0),
    withKey: async (apiKey) => createSubgraph(department, await department.connect({ ...options, apiKey })),
    async close() {
      await subgraph.close()
      await running.close()
      await city.close()
    },
  }
}

/** What a department says when its system does not know it: null, a code, and the system's own word for operators. */
export async function refusedWith(
  bench: RestBench,
  query: string,
): Promise<{ answer: SubgraphAnswer; health: unknown }> {
  const stranger = await bench.withKey('wrong')
  const answer = await stranger.execute({ query, variables: {} }, CONTEXT)
  const health = await stranger.health()
  await stranger.close()
  return { answer, health }
}

/** A member that holds records; none where it is null. */
export function recordsIn(of: Answered | null | undefined, member: string): readonly Answered[] {
  return z.array(record).parse(of?.[member] ?? [])
}

/** The texts of a member in some records. */
export function textsOf(of: readonly (Answered | null)[], member: string): readonly string[] {
  return of.flatMap((one) => (typeof one?.[member] === 'string' ? [one[member]] : []))
}
