import { ATTRIBUTE_ROLES, SOURCE_TYPE } from './attributes.ts'
import type { AttributeRegistration, AttributeRole } from './attributes.ts'

/** What the fields rest on: one source for one datum, checked against the others (一数一源、多元校核). */
const BASIS = '["ZS-3.06", "HZ-5.4", "HZ-11", "NT-29"]'

/** Names of the fields that an attribute makes; the value's is null where a department serves it. */
export function attributeFields({
  field,
  serves,
}: AttributeRegistration): Readonly<Record<AttributeRole, string | null>> {
  return { VALUE: serves ? field : null, SOURCES: `${field}Sources`, CONFLICT: `${field}Conflict` }
}

/**
 * The part of the gateway's own SDL that follows from the register of attributes, to stand behind the rest of it: nothing
 * in it is written by hand for one attribute. Empty for an empty register.
 */
export function attributeSdl(registrations: readonly AttributeRegistration[]): string {
  if (registrations.length === 0) return ''
  const subjects = [...Map.groupBy(registrations, ({ subject }) => subject)]
  const scalars = new Set(
    registrations.flatMap(({ serves }) => (serves && serves.type !== 'String' ? [serves.type] : [])),
  )
  const types = subjects.map(([subject, list]) => `extend type ${subject} {\n${list.flatMap(fieldsOf).join('\n')}\n}`)
  return [...[...scalars].map(scalarSdl), SOURCE_SDL, ...types].join('\n\n')
}

/** Scalars that departments define in the same words. */
function scalarSdl(name: string): string {
  const known: Readonly<Record<string, string>> = {
    MaskableDate: '日期 · Calendar date `YYYY-MM-DD`, or its masked form `YYYY-**-**`.',
  }
  return `"${known[name] ?? name}"\nscalar ${name}`
}

const SOURCE_SDL = `"一个来源所载内容 · What one source holds of an attribute (ZS-3.06)."
type ${SOURCE_TYPE} {
  "部门代码 · Code of the department"
  source: String @share(class: "UNCONDITIONAL", level: "L1", title: "来源部门代码", basis: ${BASIS})
  "部门名称 · Name of the department"
  sourceTitle: String @share(class: "UNCONDITIONAL", level: "L1", title: "来源部门", basis: ${BASIS})
  "数据项坐标 · Schema coordinate that holds it"
  coordinate: String @share(class: "UNCONDITIONAL", level: "L1", title: "来源数据项坐标", basis: ${BASIS})
  "内容 · The value, as the source writes it"
  value: String @share(class: "UNCONDITIONAL", level: "L4", title: "来源内容", basis: ${BASIS})
  "数据时间 · The source’s own time; null where it states none"
  asOf: String @share(class: "UNCONDITIONAL", level: "L1", title: "来源数据时间", basis: ${BASIS})
  "是否权威来源 · Whether it is the authoritative source of this value"
  authoritative: Boolean @share(class: "UNCONDITIONAL", level: "L1", title: "是否权威来源", basis: ${BASIS})
  "与权威来源是否一致 · Whether it says what the authoritative source says, spellings aside; null where there is none"
  agrees: Boolean @share(class: "UNCONDITIONAL", level: "L4", title: "与权威来源是否一致", basis: ${BASIS})
}`

function fieldsOf(registration: AttributeRegistration): readonly string[] {
  const names = attributeFields(registration)
  return ATTRIBUTE_ROLES.flatMap((role) => {
    const name = names[role]
    return name === null ? [] : [fieldSdl(registration, role, name)]
  })
}

function fieldSdl(
  { title, level, subject, serves, compare }: AttributeRegistration,
  role: AttributeRole,
  name: string,
): string {
  const share = (of: string, at: string, more = ''): string =>
    `    @share(class: "UNCONDITIONAL", level: "${at}", title: "${of}", basis: ${BASIS}${more})`
  switch (role) {
    case 'VALUE': {
      const quasi = serves?.quasiIdentifier ? `, quasiIdentifier: "${serves.quasiIdentifier}"` : ''
      const masking = serves?.mask ? [`    @masking(rule: "${serves.mask}")`] : []
      const verify = VERIFIED.includes(compare) ? [`    @verify(as: "${compare}")`] : []
      return [
        `  "${title.zh}:登记的权威来源所载 · ${title.en}, as the registered authoritative source has it and no other"`,
        `  ${name}: ${serves?.type ?? 'String'}`,
        share(title.zh, level, quasi),
        ...masking,
        ...verify,
      ].join('\n')
    }
    case 'SOURCES':
      return [
        `  "${title.zh}的各来源 · What each source has: ${title.en}. Given only where every one of them may be read"`,
        `  ${name}: [${SOURCE_TYPE}!]`,
        share(`${title.zh}的各来源`, level),
      ].join('\n')
    case 'CONFLICT':
      return [
        `  "${title.zh}的各来源是否不一致 · Whether the sources differ, spellings aside: ${title.en}"`,
        `  ${name}: Boolean`,
        share(`${title.zh}的各来源是否不一致`, subject === 'Person' ? 'L2' : 'L1'),
      ].join('\n')
  }
}

/** Kinds that a claim may be verified by as well. */
const VERIFIED: readonly string[] = ['NAME', 'ID_NUMBER', 'DATE', 'TEXT']
