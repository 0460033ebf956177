import { compose } from '../../gateway/catalog/compose.ts'
import { readDefinitions } from '../../gateway/start/composition.ts'
import { DEPARTMENTS } from '../world/departments.ts'
import { conditionalCoordinates, departmentSdl, keyCoordinates } from '../world/sdl.ts'
import { benchRules, composedOrThrow } from './installation.ts'
import type { InstallationPlan } from './installation.ts'

const OFFICE = 'approval-office'
const APPLICATION = 'approval-desk'
const MATTER = 'project-approval'
const MANY = 1_000_000

/** The bench's own departments: one office, one matter that needs every field, one grant. */
export const WORLD_PLAN: InstallationPlan = {
  composed() {
    const sources = DEPARTMENTS.map((one) => {
      const file = `${one.name}.graphql`
      return { department: one.name, file, sdl: departmentSdl(one, 'classified') }
    })
    return composedOrThrow(compose(sources, readDefinitions(), benchRules()))
  },
  registers: {
    parties: {
      version: 1,
      parties: [
        {
          code: OFFICE,
          name: { zh: '审批局', en: 'Approval office' },
          type: 'DEPARTMENT',
          basis: ['HZ-18'],
          applications: [{ code: APPLICATION, name: { zh: '审批窗口', en: 'Approval desk' } }],
        },
      ],
    },
    matters: {
      matters: [
        {
          code: MATTER,
          title: '工程建设项目审批',
          department: OFFICE,
          fields: [...keyCoordinates(), ...conditionalCoordinates()],
        },
      ],
    },
    cases: { cases: [] },
    grants: {
      grants: [
        {
          id: 'G-1',
          consumer: OFFICE,
          matters: [MATTER],
          clear: conditionalCoordinates(),
          validFrom: '2026-01-01T00:00:00+08:00',
          validUntil: '2099-01-01T00:00:00+08:00',
          approver: 'BENCH-0001',
          agreement: 'XY-BENCH-1',
        },
      ],
    },
    operations: { operations: [] },
  },
  subject: { department: OFFICE, application: APPLICATION, officer: 'AO-0001', name: '审批 测量', roles: ['DESK'] },
  headers: { 'x-matter': MATTER },
  // The lists of the workloads have a hundred rows.
  limits: { officerPerMinute: MANY, applicationPerMinute: MANY, departmentPerMinute: MANY, pageSize: 100 },
}
