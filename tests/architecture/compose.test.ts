import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { departments } from '../../subgraphs/departments.ts'
import { run } from '../kit/run.ts'
import { composeFaults, composeFile, parseCompose, readEnvironmentFile, variablesOf } from './compose.ts'
import type { ComposeFile } from './compose.ts'

const ROOT = path.resolve(import.meta.dirname, '..', '..')
const read = (file: string): Promise<string> => readFile(path.join(ROOT, file), 'utf8')

/** Docker itself is not needed: what is checked here is what it would refuse, and what we promise. */
describe('docker-compose.yml', () => {
  let text = ''
  let file: ComposeFile = { services: {}, networks: {}, volumes: {} }

  beforeAll(async () => {
    text = await read('docker-compose.yml')
    file = parseCompose(text)
  })

  test('has no faults', () => {
    expect(composeFaults(file)).toEqual([])
  })

  test('has the gateway and one service for every department', () => {
    const names = departments.map((department) => department.name)
    expect(Object.keys(file.services)).toEqual(expect.arrayContaining(['gateway', ...names]))
    for (const name of names) {
      expect(file.services[name]?.command).toEqual(['subgraph', 'serve'])
      expect(file.services[name]?.environment['GONGXIANG_SUBGRAPH_DEPARTMENT']).toBe(name)
    }
  })

  test('leads the gateway to every department, and lets it wait for each', () => {
    const gateway = file.services['gateway']
    for (const { name } of departments) {
      const variable = `GONGXIANG_DEPARTMENTS_${name.toUpperCase().replaceAll('-', '_')}_URL`
      expect(Object.keys(gateway?.environment ?? {})).toContain(variable)
      expect(gateway?.depends_on[name]).toEqual({ condition: 'service_healthy' })
    }
  })

  test('gives every department a system of its own, which it cannot write to', () => {
    for (const { name } of departments) {
      const service = file.services[name]
      const sources = Object.keys(service?.environment ?? {}).filter((one) =>
        /^GONGXIANG_DEPARTMENTS_.*_(?:DATABASE_URL|API_URL|SOAP_URL|DIRECTORY)$/.test(one),
      )
      // Some have two, each with a part of what the department holds.
      expect(sources.length, name).toBeGreaterThanOrEqual(1)
      expect(sources.length, name).toBeLessThanOrEqual(2)
      expect(service?.volumes.filter((volume) => !volume.endsWith(':ro'))).toEqual([])
    }
  })

  test('publishes the gateway alone (HZ-10.4, FS-18.1, ZJ-23.1)', () => {
    const published = Object.entries(file.services).filter(([, one]) => one.ports.length > 0)
    expect(published.map(([name]) => name)).toEqual(['gateway'])
  })

  test('uses every volume and network that it declares', () => {
    const services = Object.values(file.services)
    const mounted = services.flatMap((one) => one.volumes.map((volume) => volume.split(':')[0] ?? ''))
    const volumes = mounted.filter((name) => !name.startsWith('./'))
    expect(new Set(volumes)).toEqual(new Set(Object.keys(file.volumes)))
    expect(new Set(services.flatMap((one) => one.networks))).toEqual(new Set(Object.keys(file.networks)))
  })

  test('has its variables, with their defaults, in .env.example', async () => {
    expect(readEnvironmentFile(await read('.env.example'))).toEqual(variablesOf(text))
  })

  test('runs commands that exist', async () => {
    const ours = Object.values(file.services).filter((one) => one.build && !one.entrypoint)
    const commands = ours.map((one) => one.command.filter((word) => !word.startsWith('-')).slice(0, 2))
    // Departments all run the same.
    for (const command of new Map(commands.map((words) => [words.join(' '), words])).values()) {
      const finished = await run([process.execPath, 'gateway/cli/gongxiang.ts', ...command, '--help'], ROOT)
      expect({ command, code: finished.code, output: finished.code === 0 ? '' : finished.output }).toEqual({
        command,
        code: 0,
        output: '',
      })
    }
  })

  test.each([
    ['a service as root', { user: 'root' }, 'gateway: runs as root'],
    ['a writable root', { read_only: false }, 'gateway: can write to its root'],
    ['capabilities', { cap_drop: [] }, 'gateway: keeps capabilities'],
    ['no limits', { deploy: undefined }, 'gateway: has no resource limits'],
    ['an image without version', { image: 'redis:latest' }, 'gateway: image redis:latest has no version'],
    ['no health check', { healthcheck: undefined }, 'gateway: has no health check'],
    ['a check of another port', { healthcheck: { test: ['127.0.0.1:1/'] } }, 'gateway: health check asks port 1,'],
    ['an undeclared volume', { volumes: ['nowhere:/x'] }, 'gateway: no volume nowhere'],
    ['an undeclared network', { networks: ['nowhere'] }, 'gateway: no network nowhere'],
    ['a config', { configs: [{ source: 'x', target: '/x' }] }, 'gateway: takes configs'],
    ['a file that is not there', { volumes: ['./nowhere.sh:/x:ro'] }, 'gateway: no file ./nowhere.sh'],
    ['a missing service', { depends_on: { nobody: { condition: 'service_healthy' } } }, 'gateway: no service nobody'],
    [
      'waiting for what has no check',
      { depends_on: { city: { condition: 'service_healthy' } } },
      'gateway: waits for city, which has no health check',
    ],
    ['an unknown setting', { environment: { GONGXIANG_PROT: '1' } }, 'is no known setting'],
    [
      'a wrong address of a department',
      { environment: { GONGXIANG_DEPARTMENTS_PUBLIC_SECURITY_URL: 'http://public-security:9/graphql' } },
      'the service answers at http://public-security:4100/graphql',
    ],
  ] as const)('would name %s', (_what, change, fault) => {
    const gateway = { ...file.services['gateway'], ...change }
    const planted = composeFile.parse({ ...file, services: { ...file.services, gateway } })
    expect(composeFaults(planted).join('\n')).toContain(fault)
  })
})

describe('Dockerfile', () => {
  test('copies only what exists, and what .dockerignore lets in', async () => {
    const text = await read('Dockerfile')
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => (match[1] ?? '').split(' '))
    const letIn = new Set([...(await read('.dockerignore')).matchAll(/^!(\S+)$/gm)].map((match) => match[1]))
    expect(copied.length).toBeGreaterThan(5)
    for (const source of copied) {
      expect(existsSync(path.join(ROOT, source)), source).toBe(true)
      expect(letIn, source).toContain(source.replace('./', '').split('/')[0])
    }
  })

  test('ends as another user than root, on the runtime that the packages name', async () => {
    const text = await read('Dockerfile')
    const { devDependencies } = JSON.parse(await read('package.json')) as { devDependencies: Record<string, string> }
    expect([...text.matchAll(/^USER (\S+)$/gm)].at(-1)?.[1]).toBe('node')
    const versions = [...text.matchAll(/^FROM node:(\d+)-slim/gm)].map((match) => match[1])
    expect(new Set(versions)).toEqual(new Set([devDependencies['node']?.split('.')[0]]))
  })

  test('starts the command line that package.json names', async () => {
    const text = await read('Dockerfile')
    const { bin } = JSON.parse(await read('package.json')) as { bin: Record<string, string> }
    expect(text).toContain(`"${bin['gongxiang']}"]`)
  })
})
