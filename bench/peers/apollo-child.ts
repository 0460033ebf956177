import { readFileSync } from 'node:fs'
import { ApolloGateway } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'

/** Bare Apollo Server and Apollo Gateway over a supergraph file: no plugin, nothing changed. */
const supergraphSdl = readFileSync(process.argv[2] ?? '', 'utf8')
const server = new ApolloServer({ gateway: new ApolloGateway({ supergraphSdl }) })
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } })
process.stdout.write(`ready at ${url}\n`)
