import { emergencyState } from '../../grants/emergency.ts'
import { reviewOf } from '../../grants/emergency-review.ts'
import { systemClock } from '../../vocabulary/ports.ts'
import { readEmergencies } from '../emergency.ts'
import { minutesLeft } from '../emergency-list.ts'
import { fail, ok, reasonOf, same, warn } from './finding.ts'
import type { Check } from './finding.ts'

const FILE = {
  zh: '从备份恢复事件文件',
  en: 'Restore the file of events from a backup',
}

/** Emergencies in force, and after-reviews that are overdue (ZS-4.10): nobody may forget either. */
export const checkEmergencies: Check = async (config) => {
  try {
    const now = systemClock.now()
    const all = [...(await readEmergencies(config)).values()]
    const running = all.filter((one) => emergencyState(one, now) === 'IN_FORCE')
    const findings = [
      ...running.map((one) =>
        warn(
          'emergency',
          {
            zh: `紧急情况 ${one.id} 正在有效期内(${one.department},还有 ${minutesLeft(one, now)} 分钟)`,
            en: `emergency ${one.id} is in force (${one.department}, ${minutesLeft(one, now)} min left)`,
          },
          { zh: '不再需要时:gongxiang emergency end', en: 'Once it is over: gongxiang emergency end' },
        ),
      ),
      ...all.flatMap((one) => {
        const review = reviewOf(one, now)
        if (review.kind !== 'OVERDUE') return []
        const text = {
          zh: `紧急情况 ${one.id} 的事后复核已逾期(应于 ${review.due} 前完成,暂按周一至周五计)`,
          en: `the after-review of emergency ${one.id} is overdue (was due ${review.due}, counted Monday to Friday)`,
        }
        return [warn('emergency.review', text, { zh: 'gongxiang emergency review', en: 'gongxiang emergency review' })]
      }),
    ]
    return findings.length > 0
      ? findings
      : [ok('emergency', '没有紧急情况', 'no emergency is in force or unreviewed too long')]
  } catch (error) {
    return [fail('emergency', same(reasonOf(error)), FILE)]
  }
}
