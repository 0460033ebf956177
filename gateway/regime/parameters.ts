import { z } from 'zod'
import { parameter, required } from './parameter.ts'
import { term } from './term.ts'
import {
  ACCESS_WORDS,
  APPLICATION_WORDS,
  BASE_GROUP_WORDS,
  ELEMENTS,
  PARTY_WORDS,
  RANKS,
  REGISTRATION_NEEDS,
  STEPS,
  SUB_MODES,
  UNCONDITIONAL_WORDS,
} from './words.ts'

const text = z.string().min(1)
const yes = z.literal(true)
const list = <T extends readonly string[]>(words: T) => z.array(z.enum(words)).readonly()
const decider = z.enum(['AUTHORITY', 'COLLECTING_DEPARTMENT', 'PROVIDER'])
const monthDay = z.string().regex(/^\d\d-\d\d$/, { error: 'is no day of a year such as 03-31' })

/** Which text this is, whom it binds, what it calls things. */
const identity = {
  'regime.titleZh': parameter(text),
  'regime.status': parameter(z.enum(['IN_FORCE', 'DRAFT'])),
  'regime.effectiveFrom': parameter(z.iso.date()),
  'regime.validYears': parameter(z.int().min(1)),
  'regime.level': parameter(list(['PROVINCE', 'CITY', 'COUNTY'])),
  'terms.data': parameter(text),
  'terms.party': parameter(text),
  'terms.platform': parameter(text),
  'roles.authority': parameter(text),
  'roles.platformOperator': parameter(text),
  'roles.supervisor': parameter(z.array(text).readonly()),
  'parties.byReference': parameter(list(PARTY_WORDS)),
  'parties.utilities': parameter(z.boolean()),
  'parties.delegation': parameter(yes),
}

/** Classes (共享类型). A rank stands for itself alone: a text that says 法规 lists the kinds of 法规 one by one. */
const classes = {
  'sharing.meaning': required(yes),
  'classes.declared': required(yes),
  'classes.labels.UNCONDITIONAL': parameter(text),
  'classes.labels.CONDITIONAL': parameter(text),
  'classes.labels.NOT_SHARED': parameter(text),
  'classes.default': parameter(z.literal('SHARE')),
  'classes.conditional.meaning': parameter(text),
  'classes.conditional.subModes': parameter(list(SUB_MODES)),
  'classes.conditional.registrationNeeds': parameter(list(REGISTRATION_NEEDS)),
  'classes.notShared.meaning': required(yes),
  'classes.notShared.basisRanks': parameter(list(RANKS)),
  'classes.notShared.reasons': parameter(z.boolean()),
  'classes.notShared.filing': parameter(yes),
  'classes.forcedUnconditional': parameter(list(UNCONDITIONAL_WORDS)),
  'classes.baseGroups': parameter(list(BASE_GROUP_WORDS)),
  'classes.grading': parameter(yes),
  'classes.disputeDecider': parameter(list(STEPS)),
  fee: parameter(z.literal('FREE')),
}

const catalog = {
  'catalog.mandatoryElements': parameter(list(ELEMENTS)),
  /** In the order in which they act. */
  'catalog.approver': parameter(list(['AUTHORITY', 'GOVERNMENT'])),
  /** `submit` binds the department, `complete` the authority. */
  'catalog.updateDeadline': parameter(
    z.strictObject({ submit: term, extension: term.optional(), complete: term.optional() }),
  ),
  'catalog.fullCheck': parameter(z.strictObject({ months: z.int().min(1) })),
  'catalog.loadableProbe': parameter(yes),
  'catalog.secrecyReview': parameter(yes),
  'catalog.authorisationModeDeclared': parameter(yes),
}

/** Access to unconditional, then to conditional data. */
const access = {
  'access.unconditional.applicationNeeded': required(z.boolean()),
  'access.unconditional.decider': parameter(z.enum(['NONE', 'PROVIDER', 'PLATFORM', 'AGENCY'])),
  'access.unconditional.decisionDeadline': parameter(
    z.strictObject({ reply: term, underParameterControl: term.optional(), extension: term.optional() }),
  ),
  'access.unconditional.deliveryDeadline': parameter(term),
  'access.parameterControl': parameter(yes),
  'access.conditional.decider': required(z.enum(['PROVIDER', 'PROVIDER_OR_PLATFORM', 'AGENCY_AND_PROVIDER'])),
  /** The formal check goes before every decision, that on unconditional data included (NT-21). */
  'access.conditional.intakeDeadline': parameter(term),
  'access.conditional.decisionDeadline': parameter(
    z.strictObject({ reply: term, platform: term.optional(), extension: term.optional() }),
  ),
  'access.conditional.deliveryDeadline': parameter(term),
  'access.conditional.filing': parameter(yes),
  'access.delegatedAuthorisation': parameter(z.boolean()),
  'access.uncataloguedResource': parameter(
    z.strictObject({ reply: term.optional(), publish: term.optional(), feedback: term.optional() }),
  ),
  'access.application.mustState': parameter(list(APPLICATION_WORDS)),
  'access.application.incomplete': parameter(z.literal('ONE_NOTICE')),
  'access.agreement': parameter(yes),
  'access.purposeRequired': required(yes),
  'access.minimalFields': required(yes),
  'access.secondaryUse': required(z.enum(['FORBIDDEN', 'PROVIDER_CONSENT'])),
  'access.linkageRisk': parameter(yes),
  'access.mode': parameter(list(ACCESS_WORDS)),
  'access.noParallelChannel': parameter(z.enum(['FORBIDDEN', 'IN_PRINCIPLE'])),
}

/** Refusal, silence, verification, masking, emergency. */
const outcomes = {
  'refusal.reasonRequired': parameter(list(['REASONS', 'IN_WRITING', 'LEGAL_BASIS'])),
  'refusal.allowedOnlyIf': parameter(list(['NOT_SHARED', 'CONDITION_UNMET', 'LEGAL_BASIS', 'PROHIBITION'])),
  'silence.effect': parameter(z.enum(['AUTHORITY_PROVIDES', 'NEGOTIATION', 'URGING'])),
  'silence.directProvisionDeadline': parameter(term),
  /** `conditional` where conditional data has a ladder of its own (HZ-45). */
  'escalation.ladder': parameter(z.strictObject({ steps: list(STEPS), conditional: list(STEPS).optional() })),
  'escalation.rulingExecution': parameter(term),
  'verification.notShared': parameter(yes),
  'verification.conditionalUnmet': parameter(yes),
  'masking.opensNotShared': parameter(z.boolean()),
  'masking.opensConditional': parameter(z.boolean()),
  'masking.methodOwner': parameter(z.enum(['AUTHORITY', 'PROVINCIAL_AUTHORITY'])),
  'masking.exceptByLaw': parameter(yes),
  identitySeparation: parameter(yes),
  'emergency.publicSafety': parameter(yes),
  'emergency.declarer': parameter(text),
}

const grants = {
  'grant.expiry': parameter(list(['SHARING_PERIOD', 'AGREEMENT', 'AUTHORISED_PERIOD', 'STATED_TIME_LIMIT'])),
  'grant.unusedRevocation': parameter(
    z.strictObject({ months: z.int().min(1), by: z.literal('PROVIDER'), seasonalExempt: z.boolean() }),
  ),
  'grant.revokeOnNoAccessControl': parameter(yes),
  'grant.suspension': parameter(list(['AUTHORITY', 'PROVIDER'])),
  'grant.disposal': parameter(yes),
  'resource.withdrawal': parameter(
    list(['NOTICE', 'NEGOTIATION', 'FILING', 'AUTHORITY_APPROVAL', 'GOVERNMENT_APPROVAL']),
  ),
}

const quality = {
  'source.oneSource': parameter(text),
  'source.conflictDecider': parameter(decider),
  'source.matchingKeys': parameter(list(['NAME', 'ID_DOCUMENT', 'USCC', 'REGISTRATION_NUMBER'])),
  /** `staticByDay`: static data by that day of the first month of the next quarter. */
  'freshness.default': parameter(
    z.strictObject({
      mode: z.enum(['REALTIME', 'DECLARED_CYCLE', 'NO_LIMIT']),
      elseGrounds: yes.optional(),
      staticByDay: z.int().min(1).max(28).optional(),
    }),
  ),
  'objection.receiver': parameter(z.enum(['AUTHORITY', 'PLATFORM_OPERATOR', 'PROVIDER'])),
  'objection.deadline': parameter(
    z.strictObject({
      check: term,
      technicalFix: term.optional(),
      source: term.optional(),
      correction: term.optional(),
    }),
  ),
  'objection.pushCorrection': parameter(z.enum(['RESULT_TO_APPLICANT', 'LATEST_TO_GRANT_HOLDERS'])),
  'objection.dataSubject': parameter(list(['SAME_PROCEDURE', 'NEVER_SENT_AWAY', 'LAWFUL_PROOF_ACCEPTED'])),
  noRepeatSubmission: parameter(z.enum(['FORBIDDEN', 'EXCEPT_BY_LAW', 'REPEATED_COLLECTION'])),
  'eDocument.effect': parameter(z.enum(['SIGNATURE_ACCEPTED', 'AS_PAPER'])),
  'outage.notice': parameter(term),
}

/** Identity, audit, security, reports; then levels and opening. */
const supervision = {
  'identity.registeredParty': required(yes),
  'identity.endUserRequired': required(yes),
  'identity.noTransfer': required(yes),
  'identity.staffFiling': parameter(z.strictObject({ filed: z.array(text).readonly(), change: term.optional() })),
  'identity.crypto': parameter(
    list(['CENTRAL_SEALS', 'ENCRYPTION', 'CERTIFICATES', 'SIGNATURES', 'GRADED_PROTECTION', 'EXTRANET']),
  ),
  'identity.separationOfDuties': parameter(yes),
  'audit.mandatory': required(yes),
  /** The text's own words, in its order; empty where it asks for a record and lists no fields. */
  'audit.mandatoryFields': parameter(z.array(text).readonly()),
  'audit.retention': parameter(z.strictObject({ years: z.int().min(1) })),
  'audit.auditorReadsNoBusinessData': parameter(yes),
  'monitoring.leakAlert': parameter(z.enum(['REQUIRED', 'LOSS_OF_CONTROL_IS_VIOLATION'])),
  'incident.report': parameter(z.enum(['AT_ONCE_TO_AUTHORITY', 'PLAN_AT_ONCE'])),
  'reports.annual': parameter(
    z.strictObject({ who: z.enum(['AUTHORITY', 'DEPARTMENTS', 'GOVERNMENT']), by: monthDay.optional() }),
  ),
  rectification: parameter(
    list(['NOTICE', 'TIME_LIMIT', 'CIRCULAR', 'GOVERNMENT', 'COMPLAINT', 'PROJECT_SANCTION', 'TERMINATION']),
  ),
  'crossLevel.route': parameter(
    z.strictObject({
      route: z.enum([
        'HIGHER_AUTHORITY',
        'OPERATOR_TO_OPERATOR',
        'COUNTY_PLATFORMS',
        'SINGLE_PLATFORM',
        'UPWARD_AGGREGATION',
      ]),
      forward: term.optional(),
    }),
  ),
  'open.classes': parameter(z.array(text).readonly()),
  'open.deadline': parameter(z.strictObject({ update: term.optional(), reply: term.optional() })),
}

/** Every parameter (requirements, section 3; keys as there), in the order in which it is read and printed. */
export const parameters = z
  .strictObject({ ...identity, ...classes, ...catalog, ...access, ...outcomes, ...grants, ...quality, ...supervision })
  .readonly()
