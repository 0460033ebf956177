import { createHash } from 'node:crypto'
import type { LicensedPackage } from './licences.ts'
import type { Runtime } from './runtimes.ts'

/** What the bill is of. */
export interface Subject {
  readonly version: string
  readonly commit: string
  /** ISO 8601, of the commit: the same commit has the same bill. */
  readonly time: string
}

/** A bill of materials, CycloneDX 1.6 in JSON: name, version, licence and the hash of the bytes that were installed. */
export function billOfMaterials(
  { version, commit, time }: Subject,
  packages: readonly LicensedPackage[],
  runtimes: readonly Runtime[],
): string {
  const root = `pkg:generic/gongxiang@${version}`
  const refs = new Map(packages.map((one) => [one.location, purl(one)]))
  const runtimeComponents = runtimes.map((one) => ({
    type: 'platform',
    'bom-ref': `pkg:generic/node@${one.version}?platform=${one.platform}`,
    name: 'node',
    version: one.version,
    purl: `pkg:generic/node@${one.version}?platform=${one.platform}`,
    licenses: [{ license: { id: 'MIT' } }],
    hashes: [{ alg: 'SHA-256', content: one.sha256 }],
  }))
  const components = [...new Map(packages.map((one) => [purl(one), componentOf(one)])).values()]
  const needs = new Map<string, Set<string>>()
  for (const one of packages) {
    const known = needs.get(purl(one)) ?? new Set<string>()
    for (const at of one.needs) known.add(refs.get(at) ?? '')
    known.delete('')
    needs.set(purl(one), known)
  }
  const direct = packages.filter(({ location }) => location.lastIndexOf('node_modules/') === 0).map(purl)
  const content = {
    metadata: {
      timestamp: time,
      tools: { components: [{ type: 'application', name: 'gongxiang bundle', version }] },
      component: {
        type: 'application',
        'bom-ref': root,
        name: 'gongxiang',
        version,
        licenses: [{ license: { id: 'Apache-2.0' } }],
        properties: [{ name: 'gongxiang:commit', value: commit }],
      },
    },
    components: [...components, ...runtimeComponents],
    dependencies: [
      { ref: root, dependsOn: [...new Set([...direct, ...runtimeComponents.map((one) => one['bom-ref'])])].toSorted() },
      ...[...needs].map(([ref, dependsOn]) => ({ ref, dependsOn: [...dependsOn].toSorted() })),
    ],
  }
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(content))}`
  return `${JSON.stringify({ $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json', bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber, version: 1, ...content }, null, 2)}\n`
}

function componentOf(one: LicensedPackage): object {
  const [scope, name] = one.name.startsWith('@') ? one.name.split('/') : [undefined, one.name]
  const isExpression = /[ (]/.test(one.licence ?? '')
  return {
    type: 'library',
    'bom-ref': purl(one),
    ...(scope === undefined ? {} : { group: scope }),
    name,
    version: one.version,
    licenses: [isExpression ? { expression: one.licence } : { license: { id: one.licence } }],
    hashes: hashesOf(one.integrity),
    purl: purl(one),
    properties: [{ name: 'gongxiang:part', value: one.part }],
  }
}

/** https://github.com/package-url/purl-spec: the @ of a scope is escaped. */
function purl({ name, version }: { readonly name: string; readonly version: string }): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}

const ALGORITHMS: Readonly<Record<string, string>> = {
  sha1: 'SHA-1',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
}

/** Subresource integrity, `sha512-<base64>`, as CycloneDX writes it. */
function hashesOf(integrity: string): readonly object[] {
  return integrity.split(/\s+/).flatMap((one) => {
    const [name = '', value = ''] = one.split(/-(.*)/)
    const alg = ALGORITHMS[name]
    return alg === undefined ? [] : [{ alg, content: Buffer.from(value, 'base64').toString('hex') }]
  })
}

/** A UUID that follows from a text (version 8 of RFC 9562). */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
