import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'
import { DEPARTMENTS } from './departments.ts'
import { departmentSdl } from './sdl.ts'

/** The supergraph of the departments without a word of sharing, for gateways that know nothing of it. */
export function plainSupergraph(urls: Readonly<Record<string, string>>): string {
  const services = DEPARTMENTS.map((one) => ({
    name: one.name,
    url: urls[one.name] ?? '',
    typeDefs: parse(departmentSdl(one, 'plain')),
  }))
  const { supergraphSdl, errors } = composeServices(services)
  if (supergraphSdl === undefined) throw new Error((errors ?? []).map(({ message }) => message).join('\n'))
  return supergraphSdl
}
