import { DEPARTMENTS } from './departments.ts'
import type { DepartmentSpec, Kind, RootSpec, TypeSpec } from './departments.ts'

const TYPES: Readonly<Record<Kind, string>> = {
  code: 'String',
  name: 'String',
  address: 'String',
  word: 'String',
  date: 'String',
  count: 'Int',
  measure: 'Float',
  flag: 'Boolean',
}

/** What a catalogue entry says beside (ZS-2.04): the same of every type. */
const ENTRY = [
  'themes: ["CREDIT"], content: "工程建设项目审批信息", form: "STRUCTURED", mode: "QUERY"',
  'use: "限工程建设项目审批使用", sample: "虚构", system: "审批系统", location: "site", sharingPeriod: "PERMANENT"',
  'openness: "NOT_OPEN", openMode: "NONE", published: "2026-06-01", standard: "GB/T 2260", authorisationMode: "DIRECT"',
  'urgent: false, secrecyReview: "虚构保审〔2026〕1号,不涉密"',
].join(', ')

/** A department's SDL: with the sharing directives for this gateway, without them for any other. */
export function departmentSdl(department: DepartmentSpec, flavour: 'classified' | 'plain'): string {
  const print = printerOf(department.name, flavour === 'classified')
  const parts = [print.header(), ...department.types.map((type) => print.type(type))]
  if (department.roots.length > 0)
    parts.push(`type Query {\n${department.roots.map((root) => print.root(root)).join('')}}\n`)
  return parts.join('\n')
}

/** Coordinates that are not free for everybody: a grant opens each. */
export function conditionalCoordinates(): readonly string[] {
  const all = DEPARTMENTS.flatMap(({ types }) =>
    types.flatMap(({ type, values }) => values.map(({ name }) => `${type}.${name}`)),
  )
  return [...new Set(all)]
}

function printerOf(department: string, classified: boolean) {
  const said = (text: string): string => (classified ? ` ${text}` : '')
  const free = (title: string): string =>
    said(`@share(class: "UNCONDITIONAL", level: "L1", title: "${title}", basis: ["HZ-4.2"])`)
  const granted = (title: string): string =>
    said(
      `@share(class: "CONDITIONAL", level: "L2", title: "${title}", basis: ["HZ-4.3"], ` +
        `grounds: ["LAW 《中华人民共和国城乡规划法》第二十六条"], reasons: "限于工程建设项目审批", ` +
        `conditions: "共享范围:参与工程建设项目审批的政务部门", subMode: "CONDITIONS")`,
    )
  return {
    header(): string {
      const federation = `@link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"${classified ? ', "@composeDirective"' : ''}])`
      if (!classified) return `extend schema ${federation}\n`
      const own = `@link(url: "https://gongxiang.example/sharing/v1.0", import: ["@resource", "@share", "@filters"])`
      const composed = ['@resource', '@share', '@filters'].map((name) => `@composeDirective(name: "${name}")`)
      return `extend schema\n  ${[federation, own, ...composed].join('\n  ')}\n`
    },
    type({ type, key, values, links, shareable }: TypeSpec): string {
      const also = (name: string): string => (shareable.includes(name) ? ' @shareable' : '')
      const fields = [
        `  ${key}: String!${free(key)}\n`,
        ...values.map(({ name, kind }) => `  ${name}: ${TYPES[kind]}${also(name)}${granted(name)}\n`),
        ...links.map(({ name, to, many }) => {
          const shape = many ? `(first: Int): [${to}!]` : `: ${to}`
          return `  ${name}${shape}${also(name)}${free(name)}\n`
        }),
      ]
      if (ownerOf(type) !== department) return `type ${type} @key(fields: "${key}") {\n${fields.join('')}}\n`
      const entry =
        `@resource(code: "BENCH-${department}-${type}", title: "${type}", department: "${department}", ` +
        `updateCycle: "DAILY", format: "API", contact: "数据科", ${ENTRY})`
      return `type ${type} @key(fields: "${key}")${said(entry)} {\n${fields.join('')}}\n`
    },
    root({ name, argument, to, many }: RootSpec): string {
      const filter = said(`@filters(field: "${keyedBy(argument)}.${argument}", exact: true)`)
      const page = many ? ', first: Int' : ''
      return `  ${name}(${argument}: String!${filter}${page}): ${many ? `[${to}!]` : to}${free(name)}\n`
    },
  }
}

/** Coordinates of the keys: free for everybody, and needed by the matter to ask by them. */
export function keyCoordinates(): readonly string[] {
  return [...new Set(DEPARTMENTS.flatMap(({ types }) => types.map(({ type, key }) => `${type}.${key}`)))]
}

/** The department whose record a type is: the first that serves it; one type has one catalogue entry (ZS-1.12). */
export function ownerOf(type: string): string {
  const found = DEPARTMENTS.find(({ types }) => types.some((one) => one.type === type))
  if (!found) throw new Error(`nobody serves ${type}`)
  return found.name
}

/** The type whose key has this name. */
function keyedBy(key: string): string {
  const found = DEPARTMENTS.flatMap(({ types }) => types).find((one) => one.key === key)
  if (!found) throw new Error(`${key} is no key`)
  return found.type
}
