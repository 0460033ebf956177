import { creditCode } from './identifiers.ts'
import type { PublicInstitution, Registered, SocialOrganisation } from './organisation.ts'
import { addressIn, cityAt, divisionName, representativeOf, telephone } from './registered.ts'
import type { Core } from './registered.ts'

/** Kinds of social organisation: how they are called, of what types they are, who supervises, what they may do. */
const SOCIAL = {
  PRIVATE_NON_ENTERPRISE_UNIT: {
    name: '服务中心',
    types: ['民办学校', '民办医疗机构', '社会服务机构'],
    unit: '教育局',
    scope: '社会服务、培训',
    letter: 'MF',
  },
  SOCIAL_ASSOCIATION: {
    name: '行业协会',
    types: ['行业性', '学术性', '联合性', '专业性'],
    unit: '工商业联合会',
    scope: '行业服务、交流',
    letter: 'ST',
  },
  WELFARE_INSTITUTION: {
    name: '养老院',
    types: ['养老机构', '儿童福利机构', '残疾人服务机构'],
    unit: '民政局',
    scope: '养老、托养服务',
    letter: 'FL',
  },
} as const

/** A social organisation, registered with civil affairs (HZ-33.1). */
export function socialOrganisation(core: Core, kind: SocialOrganisation['kind']): SocialOrganisation {
  const { random, place, issue } = core
  const { name, types, unit, scope, letter } = SOCIAL[kind]
  return {
    ...body(core, `${cityAt(place)}民政局`),
    kind,
    uscc: creditCode(kind, issue),
    name: `${cityAt(place)}示范第${issue.serial}${name}`,
    scope,
    type: random.pick(types),
    competentUnit: `${cityAt(place)}${unit}`,
    certificate: `${letter}99${String(issue.serial).padStart(6, '0')}`,
  }
}

/** A public institution, registered with the staffing commission (HZ-34); named as human resources knows them. */
export function publicInstitution(core: Core): PublicInstitution {
  const { random, place, issue } = core
  return {
    ...body(core, `${cityAt(place)}机构编制委员会办公室`),
    kind: 'PUBLIC_INSTITUTION',
    uscc: creditCode('PUBLIC_INSTITUTION', issue),
    name: `${cityAt(place)}样例第${issue.serial}事业单位`,
    scope: '提供公益服务',
    certificate: `事证第199${String(issue.serial).padStart(7, '0')}号`,
    posts: random.between(5, 120),
  }
}

function body(
  { random, place, founder, registered }: Core,
  authority: string,
): Omit<Registered, 'uscc' | 'name' | 'scope'> {
  return {
    division: place.division,
    divisionName: divisionName(place),
    address: addressIn(random, place),
    registered,
    authority,
    representative: representativeOf(founder),
    phone: telephone(random),
  }
}
