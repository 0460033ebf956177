import { expect, test } from 'vitest'
import { deadlines } from './deadlines.ts'
import type { Deadlines } from './deadlines.ts'
import { REGIMES } from '../../../gateway/regime/regime.ts'
import type { Regime, RegimeName } from '../../../gateway/regime/regime.ts'
import { calendarMonths, workingDays } from '../../../gateway/regime/term.ts'
import { shipped } from './profiles.ts'

/** No number anywhere: Zhejiang's. The others differ from it as said below (requirements, section 3.K). */
const SILENT: Deadlines = {
  conditionalReplyWD: null,
  conditionalDeliveryWD: null,
  directProvisionWD: null,
  unconditionalReplyWD: null,
  unconditionalDeliveryWD: null,
  intakeCheckWD: null,
  platformAuthorisationWD: null,
  forwardWD: null,
  rulingExecutionWD: null,
  objectionCheckWD: null,
  technicalFixWD: null,
  sourceCheckWD: null,
  catalogSubmitWD: null,
  catalogCompleteWD: null,
  catalogFullCheckMonths: null,
  contactChangeWD: null,
  outageNoticeWD: null,
  uncataloguedReplyWD: null,
  uncataloguedPublishMonths: null,
  uncataloguedFeedbackWD: null,
  unusedGrantMonths: null,
  openDataUpdateWD: null,
  openDataReplyWD: null,
  annualReportBy: null,
}

const NUMBERS: Readonly<Record<RegimeName, Partial<Deadlines>>> = {
  zhongshan: {
    conditionalReplyWD: 5,
    conditionalDeliveryWD: 5,
    directProvisionWD: 5,
    unconditionalReplyWD: 0,
    unconditionalDeliveryWD: 0,
    objectionCheckWD: 5,
    catalogSubmitWD: 5,
    catalogCompleteWD: 5,
    catalogFullCheckMonths: 12,
    openDataUpdateWD: 20,
    annualReportBy: '03-31',
  },
  huizhou: {
    conditionalReplyWD: 5,
    unconditionalReplyWD: 10,
    unconditionalDeliveryWD: 5,
    forwardWD: 5,
    rulingExecutionWD: 5,
    objectionCheckWD: 3,
    technicalFixWD: 3,
    sourceCheckWD: 3,
    contactChangeWD: 5,
    outageNoticeWD: 3,
    uncataloguedReplyWD: 5,
    annualReportBy: '11-30',
  },
  nantong: {
    conditionalReplyWD: 10,
    unconditionalReplyWD: 2,
    intakeCheckWD: 1,
    platformAuthorisationWD: 2,
    catalogSubmitWD: 15,
    catalogFullCheckMonths: 12,
    uncataloguedPublishMonths: 1,
    uncataloguedFeedbackWD: 10,
    unusedGrantMonths: 3,
  },
  fushun: { openDataReplyWD: 5 },
  zhejiang: {},
  // R809-17, R809-21, R809-22, R809-26.
  national: {
    conditionalReplyWD: 10,
    conditionalDeliveryWD: 20,
    unconditionalReplyWD: 1,
    unconditionalDeliveryWD: 20,
    objectionCheckWD: 10,
    catalogSubmitWD: 10,
    catalogCompleteWD: 2,
  },
}

test.each(REGIMES)('%s has the numbers of its text and no others', (name) => {
  expect(deadlines(shipped(name))).toEqual({ ...SILENT, ...NUMBERS[name] })
})

test('a number is drawn from its parameter: another limit there is another number here', () => {
  const regime = shipped('huizhou')
  const limit = { days: 7, unit: 'WORKING_DAY' } as const
  const parameter = regime.parameters['access.conditional.decisionDeadline']
  const changed: Regime = {
    ...regime,
    parameters: {
      ...regime.parameters,
      'access.conditional.decisionDeadline': parameter && { ...parameter, value: { reply: limit } },
      'crossLevel.route': null,
    },
  }
  expect(deadlines(changed)).toEqual({ ...SILENT, ...NUMBERS.huizhou, conditionalReplyWD: 7, forwardWD: null })
})

test('a limit without a number is no timer; none between is zero; months are not working days', () => {
  const months = { months: 3 }
  expect([workingDays('NO_LIMIT'), workingDays(null), workingDays(undefined), workingDays(months)]).toEqual([
    null,
    null,
    null,
    null,
  ])
  expect(workingDays('AT_ONCE')).toBe(0)
  expect([
    calendarMonths(months),
    calendarMonths('NO_LIMIT'),
    calendarMonths({ days: 5, unit: 'WORKING_DAY' }),
  ]).toEqual([3, null, null])
})
