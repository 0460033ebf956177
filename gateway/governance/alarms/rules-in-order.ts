import type { Judge } from './judge.ts'
import { judgeCases } from './rule-cases.ts'
import { judgeFirsts } from './rule-first.ts'
import { judgeNeighbours } from './rule-neighbours.ts'
import { judgeManyOfficers } from './rule-shared.ts'
import { judgeSubjects } from './rule-subjects.ts'
import { judgeMismatches, judgeNights, judgePurposes, judgeRefusals } from './rule-traced.ts'
import { judgeVolume } from './rule-volume.ts'
import { judgeHoney, judgeRelatives, judgeSelf } from './rule-watched.ts'
import type { AlarmRuleCode } from './rules.ts'

/** Rules that judge records, the most pressing first; AUDIT_TROUBLE judges the record itself (rule-trouble.ts). */
export const JUDGES: Readonly<Record<Exclude<AlarmRuleCode, 'AUDIT_TROUBLE'>, Judge>> = {
  HONEY: judgeHoney,
  ENUMERATION: judgeNeighbours,
  SELF_LOOKUP: judgeSelf,
  RELATIVE_LOOKUP: judgeRelatives,
  DISTINCT_SUBJECTS: judgeSubjects,
  VERIFY_MISMATCH: judgeMismatches,
  PURPOSE_MISMATCH: judgePurposes,
  DENIED_BURST: judgeRefusals,
  OFF_HOURS: judgeNights,
  MANY_OFFICERS: judgeManyOfficers,
  CASE_REUSE: judgeCases,
  VOLUME: judgeVolume,
  FIRST_SEEN: judgeFirsts,
}
