import { describe, expect, test } from 'vitest'
import { columnsOf, columnsRead } from '../../kit/sql-log.ts'

describe('the columns of a statement', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['select "gmsfhm", "xm" from "czrk_jbxx" where "gmsfhm" in ($1, $2)', ['gmsfhm', 'xm']],
    ['select "xm" from "czrk_jbxx" where "lxdh" = $1', ['xm', 'lxdh']],
    ['SELECT xm FROM czrk_jbxx ORDER BY csrq DESC', ['xm', 'csrq']],
    ['select * from czrk_jbxx', ['*']],
    ['select r.* from czrk_jbxx r', ['*']],
    ['select r from czrk_jbxx as r', ['*']],
    ['select row_to_json(czrk_jbxx) from czrk_jbxx', ['*']],
    ["select r.xm as lxdh, 'csrq' from czrk_jbxx r", ['xm']],
    ['select upper(xm) from (select xm, csrq from czrk_jbxx) t', ['xm', 'csrq']],
    ['select max("tbsj") as "loaded" from "sjtb_jl" where "tbzt" = $1', ['tbsj', 'tbzt']],
  ]
  test.each(cases)('%s', (sql, expected) => {
    expect([...columnsOf(sql)].toSorted()).toEqual([...expected].toSorted())
  })
})

test('reads only statements on the table, after the offset, over continued lines', () => {
  const before = '2026-11-22 01:02:03.004 UTC [7] LOG:  statement: select * from czrk_jbxx\n'
  const after = [
    '2026-11-22 01:02:03.005 UTC [7] LOG:  execute <unnamed>: select "xm"',
    '\tfrom "czrk_jbxx"',
    "2026-11-22 01:02:03.005 UTC [7] DETAIL:  parameters: $1 = 'select * from czrk_jbxx'",
    '2026-11-22 01:02:03.006 UTC [8] LOG:  statement: select max(tbsj) from sjtb_jl',
    '2026-11-22 01:02:03.007 UTC [8] LOG:  execute s1: select "mz" from "czrk_jbxx"',
  ].join('\n')
  expect(columnsRead(before + after, before.length)).toEqual([new Set(['xm']), new Set(['mz'])])
  expect(columnsRead(before + after, 0)).toHaveLength(3)
})
