import type { Regime } from '../../../gateway/regime/regime.ts'
import { calendarMonths, workingDays } from '../../../gateway/regime/term.ts'

/**
 * The numbers that timers need (requirements, section 3.K), drawn from the parameters and kept nowhere else. Working
 * days (WD), calendar months, or a day of the year; null = no timer, which is not zero (INV-11).
 */
export interface Deadlines {
  readonly conditionalReplyWD: number | null
  readonly conditionalDeliveryWD: number | null
  readonly directProvisionWD: number | null
  /** 0: there is no step (ZS-4.07). In Nantong the platform's; the provider's where parameters are controlled (NT-22). */
  readonly unconditionalReplyWD: number | null
  readonly unconditionalDeliveryWD: number | null
  readonly intakeCheckWD: number | null
  readonly platformAuthorisationWD: number | null
  readonly forwardWD: number | null
  readonly rulingExecutionWD: number | null
  readonly objectionCheckWD: number | null
  readonly technicalFixWD: number | null
  readonly sourceCheckWD: number | null
  readonly catalogSubmitWD: number | null
  readonly catalogCompleteWD: number | null
  readonly catalogFullCheckMonths: number | null
  readonly contactChangeWD: number | null
  readonly outageNoticeWD: number | null
  readonly uncataloguedReplyWD: number | null
  readonly uncataloguedPublishMonths: number | null
  readonly uncataloguedFeedbackWD: number | null
  readonly unusedGrantMonths: number | null
  readonly openDataUpdateWD: number | null
  readonly openDataReplyWD: number | null
  /** MM-DD. Of the authority in Zhongshan (ZS-6.10), of the departments in Huizhou (HZ-50). */
  readonly annualReportBy: string | null
}

/** The deadlines of a regime. */
export function deadlines({ parameters }: Regime): Deadlines {
  const conditional = parameters['access.conditional.decisionDeadline']?.value
  const uncatalogued = parameters['access.uncataloguedResource']?.value
  const objection = parameters['objection.deadline']?.value
  const update = parameters['catalog.updateDeadline']?.value
  const open = parameters['open.deadline']?.value
  return Object.freeze({
    conditionalReplyWD: workingDays(conditional?.reply),
    conditionalDeliveryWD: workingDays(parameters['access.conditional.deliveryDeadline']?.value),
    directProvisionWD: workingDays(parameters['silence.directProvisionDeadline']?.value),
    unconditionalReplyWD: workingDays(parameters['access.unconditional.decisionDeadline']?.value.reply),
    unconditionalDeliveryWD: workingDays(parameters['access.unconditional.deliveryDeadline']?.value),
    intakeCheckWD: workingDays(parameters['access.conditional.intakeDeadline']?.value),
    platformAuthorisationWD: workingDays(conditional?.platform),
    forwardWD: workingDays(parameters['crossLevel.route']?.value.forward),
    rulingExecutionWD: workingDays(parameters['escalation.rulingExecution']?.value),
    objectionCheckWD: workingDays(objection?.check),
    technicalFixWD: workingDays(objection?.technicalFix),
    sourceCheckWD: workingDays(objection?.source),
    catalogSubmitWD: workingDays(update?.submit),
    catalogCompleteWD: workingDays(update?.complete),
    catalogFullCheckMonths: parameters['catalog.fullCheck']?.value.months ?? null,
    contactChangeWD: workingDays(parameters['identity.staffFiling']?.value.change),
    outageNoticeWD: workingDays(parameters['outage.notice']?.value),
    uncataloguedReplyWD: workingDays(uncatalogued?.reply),
    uncataloguedPublishMonths: calendarMonths(uncatalogued?.publish),
    uncataloguedFeedbackWD: workingDays(uncatalogued?.feedback),
    unusedGrantMonths: parameters['grant.unusedRevocation']?.value.months ?? null,
    openDataUpdateWD: workingDays(open?.update),
    openDataReplyWD: workingDays(open?.reply),
    annualReportBy: parameters['reports.annual']?.value.by ?? null,
  })
}
