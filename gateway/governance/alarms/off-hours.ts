import type { AlarmSettings } from './settings.ts'
import { cityDay, minuteOfDay, weekday } from './windows.ts'

/** Whether an instant is outside the hours in which offices work: at night, at the weekend, on a holiday (UTC+8). */
export function isOffHours({ from, until, holidays, workdays }: AlarmSettings['OFF_HOURS'], at: number): boolean {
  const day = cityDay(at)
  const isWeekend = weekday(at) === 0 || weekday(at) === 6
  if (holidays.includes(day) || (isWeekend && !workdays.includes(day))) return true
  const minute = minuteOfDay(at)
  return minute < minutesOf(from) || minute >= minutesOf(until)
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}
