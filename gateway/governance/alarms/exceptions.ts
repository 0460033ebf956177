import { isSameOfficer } from '../../vocabulary/staff-number.ts'
import type { AlarmException, AlarmSettings } from './settings.ts'
import type { Sighting } from './sighting.ts'
import { cityDay } from './windows.ts'

/** Whether a sighting is one of those that are known and need no alarm. */
export function isExcepted({ except }: AlarmSettings, sighting: Sighting): boolean {
  return except.some((one) => fits(one, sighting))
}

/** A member that the sighting does not have cannot fit: an exception for one matter is none for all of them. */
function fits(one: AlarmException, { rule, concerned, at }: Sighting): boolean {
  const { department, application, officer, matter } = concerned
  if (!one.rules.includes(rule) || (one.until !== undefined && cityDay(at) > one.until)) return false
  if (one.officer !== undefined && (officer === null || !isSameOfficer(one.officer, officer))) return false
  return (
    (one.department ?? department) === department &&
    (one.application ?? application) === application &&
    (one.matter ?? matter) === matter
  )
}
