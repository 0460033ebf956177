import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { startOpenGateway } from './open-gateway.ts'
import { readViewChoice } from './open-views.ts'

const USAGE = `node tests/conformance/serve.ts --supergraph FILE --port N [--view allow|deny|random:SEED]

FILE may be an address, http://…

Serves a supergraph at http://127.0.0.1:N/graphql as the gateway serves a city's, without token, grants and law;
departments are asked at the addresses that the supergraph has. Health: http://127.0.0.1:N/health/ready
`

/** Runs until it is told to stop. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { supergraph: { type: 'string' }, port: { type: 'string' }, view: { type: 'string', default: 'allow' } },
  })
  const view = readViewChoice(values.view)
  const port = Number(values.port)
  if (values.supergraph === undefined || values.port === undefined || !Number.isInteger(port) || view === null) {
    process.stderr.write(USAGE)
    process.exitCode = 2
    return
  }
  const supergraphSdl = await readSupergraph(values.supergraph)
  const gateway = await startOpenGateway({ supergraphSdl, port, view })
  process.stdout.write(`${gateway.url}/graphql\n`)
  const stop = (): void => void gateway.stop()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

async function readSupergraph(from: string): Promise<string> {
  if (!/^https?:/.test(from)) return readFile(from, 'utf8')
  const response = await fetch(from)
  if (!response.ok) throw new Error(`${from} answered ${response.status}`)
  return response.text()
}

await main()
