import type { Citizen } from '../citizen.ts'
import { demoPeople } from '../demo-people.ts'
import { dayBetween, yearsLater } from '../dates.ts'
import { demoOrganisations } from '../organisations/demo-organisations.ts'
import { heldNumber, mayHold, randomOf, serialOf } from './holders.ts'
import type { CitizenTable, OrganisationTable } from './sqlite-system.ts'
import { measured } from './readings.ts'
import { recordDrop } from './record-drop.ts'
import type { Sink } from './sink.ts'
import type { Cell } from './table.ts'

/*
 * 渔业渔政管理系统, dropped each quarter: ycdj 渔船登记 (vessels), hysyq 海域使用权 (rights to use the sea). 联系电话 and
 * 主机功率 are in the file and never shared.
 */

const DATA_DATE = '2026-10-01'
const PORTS = ['中山市演示渔港', '惠州市惠东县虚构渔港'] as const

function vessel(identifier: string, owner: readonly [name: string, idNumber: string | null, uscc: string | null]) {
  const random = randomOf(identifier, 'vessel')
  const code = `4420${serialOf(identifier, 'vessel')}`
  const [port, operation] = [random.pick(PORTS), random.pick(['拖网', '围网', '刺网', '钓具'])]
  const length = measured(random, 6, 38, 2)
  const phone = `100${serialOf(identifier, 'vessel-phone', 8)}`
  return [code, `演示渔${code.slice(-6)}`, port, operation, length, ...owner, phone, measured(random, 20, 400, 1)]
}

function vesselOfCitizen(citizen: Citizen): readonly (readonly Cell[])[] {
  const { idDocumentNumber: number } = citizen.document
  const random = randomOf(number, 'fishes')
  const owns = number === demoPeople.rareName.document.idDocumentNumber || (mayHold(citizen) && random.chance(0.05))
  return owns ? [vessel(number, [citizen.name, heldNumber(random, citizen), null])] : []
}

const VESSELS: OrganisationTable & CitizenTable = {
  name: 'ycdj',
  columns: [
    '渔船编码',
    '船名',
    '船籍港',
    '作业类型',
    '船长(米)',
    '所有人',
    '所有人身份证号',
    '所有人信用代码',
    '联系电话',
    '主机功率',
  ],
  indexed: [],
  organisationRows({ kind, uscc, name }) {
    if (kind !== 'ENTERPRISE' || uscc === null || !randomOf(uscc, 'fishes').chance(0.08)) return []
    return [vessel(uscc, [name, null, uscc])]
  },
  citizenRows: vesselOfCitizen,
}

const SEA_AREAS: OrganisationTable = {
  name: 'hysyq',
  columns: ['海域使用权证号', '用海类型', '行政区划代码', '用海面积(公顷)', '用海期限', '权利人信用代码', '联系电话'],
  indexed: [],
  organisationRows({ kind, uscc, division, phone }) {
    if (kind !== 'ENTERPRISE' || uscc === null) return []
    const random = randomOf(uscc, 'sea')
    if (uscc !== demoOrganisations.movedFirm.uscc && !random.chance(0.1)) return []
    const from = dayBetween(random, '2012-01-04', '2025-12-31')
    const use = random.pick(['渔业用海', '工业用海', '交通运输用海', '旅游娱乐用海'])
    const [number, area] = [`国海证99${serialOf(uscc, 'sea')}号`, measured(random, 0.5, 80, 3)]
    return [[number, use, division, area, `${from}至${yearsLater(from, 15)}`, uscc, phone]]
  },
}

/** The drop folder `ocean-fisheries/drop/` with one version of each file. */
export function oceanFisheriesDrop(directory: string): Sink {
  return recordDrop(directory, 'ocean-fisheries/drop', [VESSELS, SEA_AREAS], DATA_DATE)
}
