import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')

function dependenciesOf(folder: string): Readonly<Record<string, string>> {
  const text = readFileSync(join(ROOT, folder, 'package.json'), 'utf8')
  return (JSON.parse(text) as { dependencies: Record<string, string> }).dependencies
}

test('the gateways to compare with are exact versions, and no dependency of the product', () => {
  const [peers, product] = [dependenciesOf('bench/peers'), dependenciesOf('.')]
  for (const [name, version] of Object.entries(peers)) expect(version, name).toMatch(/^\d+\.\d+\.\d+$/)
  const hive = Object.keys(product).filter((name) => name.startsWith('@graphql-hive/'))
  expect(hive).toStrictEqual([])
})

test('what both are built on is one version: the difference measured is ours', () => {
  const [peers, product] = [dependenciesOf('bench/peers'), dependenciesOf('.')]
  for (const name of ['@apollo/gateway', '@apollo/server', 'graphql']) expect(peers[name], name).toBe(product[name])
})
