import type { CatalogueSource } from './read.ts'
import { PRINTED } from './page.ts'
import { table, word } from './words.ts'

/** The first page of the catalogue: every department and entry, and what it takes to use them. */
export function indexPage({ catalog, departments }: CatalogueSource): string {
  const rows = departments.flatMap(({ code, title }) => {
    const link = `[${title.zh}](${code}.md)\n${title.en}`
    const own = catalog.resources.filter((one) => one.department === code)
    if (own.length === 0) return [[link, '–', '–', '–', '–', '–']]
    return own.map((one, at) => {
      const fields = catalog.fields.filter(
        ({ resource, providers }) => resource === one.type && providers.includes(code),
      )
      const facts = [
        `[${one.title}](${code}.md#${one.code.toLowerCase()})${one.proposed === true ? '(拟议 proposed)' : ''}`,
        `\`${one.code}\``,
        word(one.updateCycle),
        word(one.format),
      ]
      return [at === 0 ? link : '', ...facts, String(fields.length)]
    })
  })
  const head = ['部门 Department', '目录条目 Entry', '编码 Code', '更新 Update', '提供 Provided as', '项 Fields']
  return `${[PRINTED, '', ...INTRODUCTION, ...table(head, rows), '', ...APPLYING].join('\n')}\n`
}

const INTRODUCTION = [
  '# 政务数据目录 · The catalogue',
  '',
  '每个部门一页:它提供什么、多久更新、怎样查、谁可以用。页面由各部门自己的 schema.graphql 生成,与网关所用的完全一致。',
  '',
  'One page for each department: what it provides, how fresh, how it is asked, who may use it. The pages are printed from the departments’ own SDL, which is what the gateway decides by. How an application is written: [build-an-application.md](../guides/build-an-application.md); what the annotations mean: [catalogue.md](../catalogue.md).',
  '',
]

const APPLYING = [
  '<a id="apply"></a>',
  '',
  '## 怎样申请 · How to apply',
  '',
  '| 共享类型 Class | 要办什么 | What it takes |',
  '| --- | --- | --- |',
  '| 无条件共享 unconditional | 写明事项;数据项须在该事项的最少够用清单内,不在的请数据主管部门修改。惠州初次使用也须申请 | State the matter; the field must be in the minimal set of the matter, which the data authority amends. In Huizhou the first use is applied for as well |',
  '| 有条件共享 conditional | 另须提供部门授权:向条目所列联系单位写明事项、坐标、用途、期限;提供部门按“方式”和“理由”决定清晰、脱敏还是仅核实,并可要求信息安全保密协议 | A grant of the providing department besides: name matter, coordinates, purpose and time to the contact of the entry. It decides whether clear, masked or for verification, by the manner and the reasons given there, and may ask for a security agreement |',
  '| 不予共享 not shared | 不提供;可核实的,提交申请人所示内容请网关比对 | Not given; where it can be verified, submit what the citizen shows and have it compared |',
  '',
  '是否已经够用,不必试:`gongxiang explain` 逐项说明还缺什么、向谁申请([explain.md](../explain.md))。Whether something is still missing need not be tried out: `gongxiang explain` says so field by field, and whom to ask.',
]
