import { describe, expect, it } from 'vitest'
import type { FieldEntry, ResourceEntry } from '../../../gateway/catalog/catalog.ts'
import { decideField } from '../../../gateway/grants/decide.ts'
import type { Grant } from '../../../gateway/grants/grant.ts'
import type { Matter } from '../../../gateway/grants/registers.ts'
import { unlock } from '../../../gateway/grants/unlock.ts'
import type { Unlock } from '../../../gateway/grants/unlock-parts.ts'
import type { Regime } from '../../../gateway/regime/regime.ts'
import { REFUSALS } from '../../../gateway/vocabulary/codes.ts'
import type { RefusalCode } from '../../../gateway/vocabulary/codes.ts'
import type { Decision } from '../../../gateway/vocabulary/decision.ts'
import {
  FUSHUN,
  HUIZHOU,
  NANTONG,
  NATIONAL,
  NOON,
  ZHEJIANG,
  ZHONGSHAN,
  conditional,
  field,
  grantOf,
  matterOf,
  resource,
} from './world.ts'

const ALL = [ZHONGSHAN, HUIZHOU, NANTONG, FUSHUN, ZHEJIANG, NATIONAL] as const
const PREFIX = {
  zhongshan: 'ZS',
  huizhou: 'HZ',
  nantong: 'NT',
  fushun: 'FS',
  zhejiang: 'ZJ',
  national: 'R809',
} as const
const NEEDED = matterOf({ 'R.x': 'READ' })

interface Setting {
  readonly matter?: Matter
  readonly grants?: readonly Grant[]
  readonly resource?: ResourceEntry
}

/** What would unlock a field after the very decision that a request meets. */
function afterDecision(law: Regime, entry: FieldEntry, setting: Setting = {}): Unlock {
  const record = setting.resource ?? resource('R')
  const decision = decideField(entry, {
    regime: law,
    department: 'housing',
    matter: setting.matter ?? NEEDED,
    grants: setting.grants ?? [],
    resources: new Map([['R', record]]),
    now: NOON,
  })
  return some(unlock(entry, record, decision, law))
}

function some(found: Unlock | null): Unlock {
  if (!found) throw new Error('the field is open already')
  return found
}

/** Steps as one reads them: `ANSWER 5 ZS-4.08`, `DELIVERY -`. */
function stepsOf({ steps }: Unlock): readonly string[] {
  return steps.map(({ step, workingDays, clause }) =>
    workingDays === null ? `${step} -` : `${step} ${workingDays} ${clause}`,
  )
}

function whomOf({ whom }: Unlock): readonly string[] {
  return whom.map(({ role, department }) => (department === null ? role : `${role} ${department}`))
}

describe('an application for a conditional field', () => {
  it.each([
    [ZHONGSHAN, ['PROVIDER provider'], ['ANSWER 5 ZS-4.08', 'DELIVERY 5 ZS-4.08'], 'ZS-4.08'],
    [HUIZHOU, ['PROVIDER provider'], ['ANSWER 5 HZ-45', 'DELIVERY -'], 'HZ-45'],
    [NANTONG, ['PROVIDER provider'], ['CHECK 1 NT-21', 'ANSWER 10 NT-22', 'DELIVERY -'], 'NT-18.1'],
    [FUSHUN, ['PROVIDER provider'], ['ANSWER -', 'DELIVERY -'], 'FS-18.3'],
    [ZHEJIANG, ['AGENCY', 'PROVIDER provider'], ['ANSWER -', 'DELIVERY -'], 'ZJ-22.2'],
    [NATIONAL, ['PROVIDER provider'], ['ANSWER 10 R809-21', 'DELIVERY 20 R809-22'], 'R809-21'],
  ] as const)('$regime: to whom, how long, by which clauses', (law, whom, steps, clause) => {
    const found = afterDecision(law, conditional('R.x'))
    expect([found.procedure, whomOf(found), stepsOf(found), found.clause]).toEqual(['APPLY', whom, steps, clause])
  })

  it('nantong, authorised by the platform: the platform, in 2 days (NT-23)', () => {
    const found = afterDecision(NANTONG, conditional('R.x'), {
      resource: resource('R', { authorisationMode: 'PLATFORM' }),
    })
    expect([whomOf(found), stepsOf(found)]).toEqual([['PLATFORM'], ['CHECK 1 NT-21', 'ANSWER 2 NT-23', 'DELIVERY -']])
  })

  it('says what the application must state, and nothing where the text says nothing', () => {
    const stated = ALL.map((law) => [law.regime, afterDecision(law, conditional('R.x')).mustState?.zh ?? null])
    expect(Object.fromEntries(stated)).toMatchObject({
      zhongshan: expect.stringContaining('ZS-4.06') as string,
      huizhou: expect.stringContaining('HZ-44.1') as string,
      nantong: expect.stringContaining('NT-20.2') as string,
      fushun: null,
      zhejiang: expect.stringContaining('ZJ-22.2') as string,
      national: expect.stringContaining('R809-20') as string,
    })
  })

  it('says what silence leads to: direct provision, urging, or nothing that the text knows (INV-4)', () => {
    const text = (law: Regime) => afterDecision(law, conditional('R.x')).text.zh
    expect(text(ZHONGSHAN)).toContain('由数据主管部门在 5 个工作日内径行提供 (ZS-4.08)')
    expect(text(NANTONG)).toContain('跟踪督促 (NT-19)')
    for (const law of [HUIZHOU, FUSHUN, ZHEJIANG, NATIONAL]) expect(text(law)).toContain('后果未作规定')
    expect(text(FUSHUN)).toContain('程序依照共享平台有关规定 (FS-18.3)')
  })

  it('names the agreement where one is needed (HZ-48), and nowhere else', () => {
    expect(ALL.map((law) => afterDecision(law, conditional('R.x')).agreement)).toEqual([
      null,
      'HZ-48',
      null,
      null,
      null,
      null,
    ])
  })

  it('names verification where it is open meanwhile (ZS-4.09)', () => {
    const verifiable = conditional('R.x', { verify: { as: 'TEXT', lowEntropy: false } })
    expect(afterDecision(ZHONGSHAN, verifiable).verification).toBe('ZS-4.09')
    expect(afterDecision(HUIZHOU, verifiable).verification).toBeNull()
    expect(afterDecision(ZHONGSHAN, conditional('R.x')).verification).toBeNull()
  })
})

describe('an unconditional field', () => {
  it.each([
    [HUIZHOU, 'APPLY', ['PROVIDER provider'], ['ANSWER 10 HZ-44.1', 'DELIVERY 5 HZ-44.1']],
    [NANTONG, 'APPLY', ['PLATFORM'], ['CHECK 1 NT-21', 'ANSWER 2 NT-23', 'DELIVERY -']],
    [ZHEJIANG, 'OPEN', ['AGENCY'], ['ANSWER -', 'DELIVERY -']],
    [NATIONAL, 'APPLY', ['PROVIDER provider'], ['ANSWER 1 R809-21', 'DELIVERY 20 R809-22']],
  ] as const)('$regime: is applied for all the same', (law, procedure, whom, steps) => {
    const found = afterDecision(law, field('R.x'))
    expect([found.procedure, whomOf(found), stepsOf(found)]).toEqual([procedure, whom, steps])
  })

  it('with controlled parameters: of the provider, in the longer time (NT-18.1, NT-22)', () => {
    const found = afterDecision(NANTONG, field('R.x'), { resource: resource('R', { parameterControl: true }) })
    expect([whomOf(found), stepsOf(found)]).toEqual([
      ['PROVIDER provider'],
      ['CHECK 1 NT-21', 'ANSWER 10 NT-22', 'DELIVERY -'],
    ])
    expect(found.text.zh).toContain('授权须限定参数取值')
  })

  it('in Huizhou leads to a negotiation without an answer (HZ-44.1)', () => {
    expect(afterDecision(HUIZHOU, field('R.x')).text.zh).toContain('组织协商 (HZ-44.1)')
  })

  it.each([ZHONGSHAN, FUSHUN])('$regime: needs no unlocking', (law) => {
    expect(() => afterDecision(law, field('R.x'))).toThrow('open already')
  })
})

describe('what is not shared', () => {
  const closed = field('R.x', {
    class: 'NOT_SHARED',
    grounds: [{ rank: 'LAW', citation: '《统计法》第九条' }],
    verify: { as: 'TEXT', lowEntropy: false },
  })

  it('is opened by no application, and the ground is named', () => {
    for (const law of [NANTONG, FUSHUN, ZHEJIANG, NATIONAL]) {
      const found = afterDecision(law, { ...closed, verify: null })
      expect([law.regime, found.procedure, found.steps]).toEqual([law.regime, 'NOTHING', []])
      expect(found.text.zh).toContain('《统计法》第九条')
    }
  })

  it('may be verified in Zhongshan (ZS-4.09), moved under an agreement in Huizhou (HZ-48)', () => {
    const verified = afterDecision(ZHONGSHAN, closed)
    expect([verified.procedure, verified.verification]).toEqual(['VERIFY', 'ZS-4.09'])
    const agreed = afterDecision(HUIZHOU, closed)
    expect([agreed.procedure, whomOf(agreed), agreed.agreement]).toEqual([
      'AGREE',
      ['PROVIDER provider', 'AUTHORITY'],
      'HZ-48',
    ])
  })

  it('is masked for good where the regime opens it so (ZJ-22.3)', () => {
    const found = afterDecision(ZHEJIANG, { ...closed, mask: 'M-NO', maskApproval: 'ZJ-M-1' })
    expect([found.procedure, found.whom]).toEqual(['MASKED_ONLY', []])
  })
})

describe('each reason has a way of its own', () => {
  const entry = conditional('R.x')
  it.each([
    [
      'an ended grant is applied for again',
      { grants: [grantOf('G', { 'R.x': 'CLEAR' }, { validUntil: NOON })] },
      'REAPPLY',
    ],
    [
      'a revoked one too, after asking why',
      { grants: [grantOf('G', { 'R.x': 'CLEAR' }, { revokedAt: NOON })] },
      'REAPPLY',
    ],
    [
      'a grant for another matter serves no other',
      { grants: [grantOf('G', { 'R.x': 'CLEAR' }, { matters: ['N'] })] },
      'APPLY',
    ],
    ['a masked value is had in clear by a wider grant', { grants: [grantOf('G', { 'R.x': 'MASKED' })] }, 'APPLY'],
    [
      'what the matter does not need',
      { matter: matterOf({}), grants: [grantOf('G', { 'R.x': 'CLEAR' })] },
      'AMEND_MATTER',
    ],
    [
      'what the matter only verifies',
      { matter: matterOf({ 'R.x': 'VERIFY' }), grants: [grantOf('G', { 'R.x': 'CLEAR' })] },
      'AMEND_MATTER',
    ],
  ] as const)('%s', (_name, setting, procedure) => {
    expect(afterDecision(ZHONGSHAN, entry, setting).procedure).toBe(procedure)
  })

  it('a missing agreement is signed (HZ-48)', () => {
    const found = afterDecision(HUIZHOU, entry, { grants: [grantOf('G', { 'R.x': 'CLEAR' }, { agreement: null })] })
    expect([found.procedure, found.agreement, found.text.zh]).toEqual([
      'AGREE',
      'HZ-48',
      expect.stringContaining('授权 G 上') as string,
    ])
  })

  it('an incomplete grant waits for the approval that it lacks (ZJ-22.2)', () => {
    const found = afterDecision(ZHEJIANG, entry, { grants: [grantOf('G', { 'R.x': 'CLEAR' })] })
    expect(found.text.zh).toContain('授权 G 尚缺批准')
  })

  it('an item for named departments names them (ZS-2.06)', () => {
    const found = afterDecision(ZHONGSHAN, conditional('R.x', { scope: ['tax', 'health'] }))
    expect([found.procedure, found.text.zh]).toEqual(['WIDEN_SCOPE', expect.stringContaining('tax、health') as string])
  })

  it('argument values outside the grant are widened by the provider (NT-18.1)', () => {
    const decision: Decision = { kind: 'DENY', code: 'PARAMETER_OUT_OF_GRANT', clause: 'NT-18.1', grant: 'G' }
    const found = some(unlock(entry, resource('R'), decision, NANTONG))
    expect([found.procedure, whomOf(found), found.text.en]).toEqual([
      'WIDEN_PARAMETERS',
      ['PROVIDER provider'],
      expect.stringContaining('outside grant G (NT-18.1)') as string,
    ])
  })

  it('what is shared for comparison alone stays so (NT-8.1)', () => {
    const compared = conditional('R.x', { subMode: 'COMPARE', verify: { as: 'TEXT', lowEntropy: false } })
    const found = afterDecision(NANTONG, compared, { grants: [grantOf('G', { 'R.x': 'CLEAR' })] })
    expect(found.procedure).toBe('VERIFY')
  })

  it('an auditor is told that nothing opens it (ZS-1.11)', () => {
    const clause = ZHONGSHAN.parameters['audit.auditorReadsNoBusinessData']?.clause ?? 'ZS-1.11'
    const decision: Decision = { kind: 'DENY', code: 'NOT_NEEDED', clause, grant: null }
    expect(some(unlock(entry, resource('R'), decision, ZHONGSHAN)).procedure).toBe('NOTHING')
  })
})

describe('under every regime, for every code', () => {
  const entries = [field('R.x'), conditional('R.x'), field('R.x', { class: 'NOT_SHARED' }), field('Query.x')]
  const codes = Object.keys(REFUSALS) as RefusalCode[]

  it.each(ALL)('$regime: there is a text in both languages, and no clause of another text', (law) => {
    const { clause } = law.parameters['access.minimalFields']
    for (const entry of entries)
      for (const code of codes)
        for (const grant of [null, 'G']) {
          const found = some(unlock(entry, resource('R'), { kind: 'DENY', code, clause, grant }, law))
          expect(found.text.zh, code).toMatch(/\p{Script=Han}/u)
          expect(found.text.en, code).toMatch(/[a-z]{3}/)
          const clauses = JSON.stringify(found).match(/\b(?:ZS|HZ|NT|FS|ZJ|R809)-\d/g) ?? []
          expect(
            clauses.every((one) => one.startsWith(PREFIX[law.regime])),
            `${code}: ${clauses.join()}`,
          ).toBe(true)
        }
  })

  it('a clear value needs nothing', () => {
    const decision: Decision = { kind: 'ALLOW', clause: 'ZS-4.07', grant: null }
    expect(unlock(field('R.x'), null, decision, ZHONGSHAN)).toBeNull()
  })
})

describe('a second obstacle', () => {
  const entry = conditional('R.x')
  const refused = (code: RefusalCode, grant: string | null = null): Decision => ({
    kind: 'DENY',
    code,
    clause: 'ZS-4.08',
    grant,
  })
  const other = matterOf({})

  it.each(['NO_GRANT', 'GRANT_EXPIRED', 'GRANT_REVOKED', 'OUT_OF_SCOPE'] as const)(
    'behind %s is told: the matter does not need the field',
    (code) => {
      const alone = some(unlock(entry, resource('R'), refused(code), ZHONGSHAN, NEEDED))
      const found = some(unlock(entry, resource('R'), refused(code), ZHONGSHAN, other))
      expect(found.procedure).toBe(alone.procedure)
      expect(found.text.zh).toBe(
        `${alone.text.zh.replace(/。$/, '')};事项也不需要该项 (ZS-4.01(3)):另须修改事项的最少够用清单。`,
      )
      expect(found.text.en).toContain('; nor does the matter need it (ZS-4.01(3))')
      expect(found.steps.slice(0, -1)).toEqual(alone.steps)
      expect(found.steps.at(-1)).toMatchObject({ step: 'AMEND_MATTER', workingDays: null, clause: null })
      expect(found.whom.at(-1)).toEqual({ role: 'AUTHORITY', department: null })
    },
  )

  it('is that the matter only verifies it', () => {
    const found = some(unlock(entry, resource('R'), refused('NO_GRANT'), HUIZHOU, matterOf({ 'R.x': 'VERIFY' })))
    expect(found.text.zh).toMatch(/事项只核实该项 \(HZ-/)
  })

  it.each<readonly [string, Decision, Matter | null]>([
    ['the matter needs it', refused('NO_GRANT'), NEEDED],
    ['no matter is stated', refused('NO_GRANT'), null],
    ['the set is the obstacle', refused('NOT_NEEDED'), other],
    ['nothing opens it', refused('NOT_SHARED'), other],
    ['the matter itself is another one', refused('PURPOSE_MISMATCH'), other],
  ])('is not told where %s', (_why, decision, matter) => {
    const found = some(unlock(entry, resource('R'), decision, ZHONGSHAN, matter))
    expect(found).toEqual(some(unlock(entry, resource('R'), decision, ZHONGSHAN)))
  })

  it('is none for a lookup, which belongs to every matter', () => {
    const lookup = field('Query.r', { kind: 'object', class: 'CONDITIONAL' })
    expect(some(unlock(lookup, null, refused('NO_GRANT'), ZHONGSHAN, other)).text.zh).not.toContain('最少够用')
  })
})
