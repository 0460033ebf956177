import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../../city/demo-people.ts'
import type { DemoPerson } from '../../../city/demo-people.ts'
import { education } from '../../../subgraphs/education/source.ts'
import { health } from '../../../subgraphs/health/source.ts'
import { housingFund } from '../../../subgraphs/housing-fund/source.ts'
import type { Department, Source } from '../../../subgraphs/kit/register.ts'
import { createSubgraph } from '../../../subgraphs/kit/subgraph.ts'
import { professionalQualifications } from '../../../subgraphs/professional-qualifications/source.ts'
import { residencePermit } from '../../../subgraphs/residence-permit/source.ts'
import { testCity } from '../../kit/city.ts'
import type { TestCity } from '../../kit/city.ts'
import { startSystems } from '../../kit/old-system.ts'
import type { RunningSystems } from '../../kit/old-system.ts'

const CONTEXT = { receipt: 'gx_test', consumer: 'housing', matter: null }
const { allThree, parent, newborn, movedOut } = demoPeople

interface Case {
  readonly department: Department
  readonly person: DemoPerson
  readonly fields: string
  readonly answer: unknown
  /** Columns of each query, in the order of the queries. */
  readonly columns: readonly (readonly string[])[]
}

const number = (person: DemoPerson): string => demoPeople[person].document.idDocumentNumber

const CASES: readonly Case[] = [
  {
    department: residencePermit,
    person: 'conflicting',
    fields: 'residencePermit { name sex birthDate residenceCounty residenceTownship cancellationDate }',
    answer: {
      residencePermit: {
        name: '阿依古丽·买买提',
        sex: '2',
        birthDate: '1979-07-01',
        residenceCounty: '441302',
        residenceTownship: '441302911',
        cancellationDate: null,
      },
    },
    columns: [['zjlx', 'zjhm', 'xm', 'xb', 'csrq', 'jz_xq', 'jz_xzjd', 'zxrq']],
  },
  {
    department: residencePermit,
    person: 'publicSecurityOnly',
    fields: 'residencePermit { name }',
    answer: { residencePermit: null },
    columns: [['zjlx', 'zjhm', 'xm']],
  },
  {
    department: health,
    person: 'newborn',
    fields:
      'birth { newbornName newbornSex newbornSexCode newbornHealthStatus fatherName birthDate } births { motherName }',
    answer: {
      birth: {
        newbornName: '赵一诺',
        newbornSex: '2',
        newbornSexCode: '2',
        newbornHealthStatus: '良好',
        fatherName: '赵明轩',
        birthDate: '2026-09-12',
      },
      births: null,
    },
    columns: [
      ['xse_zjlx', 'xse_zjhm', 'xsexm', 'xsexb', 'xsexb_dm', 'jkzk', 'fqxm', 'csrq'],
      ['mqsfzh', 'fqsfzh', 'mqxm'],
    ],
  },
  {
    department: health,
    person: 'deceased',
    fields: 'death { provinceName cityName countyName sex ageAtDeath deathDate countryOrRegion }',
    answer: {
      death: {
        provinceName: '广东省',
        cityName: '中山市',
        countyName: null,
        sex: '1',
        ageAtDeath: 74,
        deathDate: '2024-05-02',
        countryOrRegion: 'CHN',
      },
    },
    columns: [['zjlx', 'zjhm', 'sheng', 'shi', 'xian', 'xb', 'nl', 'swrq', 'gjdq']],
  },
  {
    department: education,
    person: 'student',
    fields: `student {
      studentName enrolmentDate completionDate
      academicExamRecords { subject date grade } vaccinationRecords { dose } financialAidRecords { kind }
    }`,
    answer: {
      student: {
        studentName: '林小禾',
        enrolmentDate: '2024-09-01',
        completionDate: null,
        academicExamRecords: [{ subject: '语文', date: '2025-01-09', grade: 'A' }],
        vaccinationRecords: [{ dose: '1' }],
        financialAidRecords: null,
      },
    },
    columns: [['zjlx', 'zjhm', 'xm', 'rxrq', 'byrq', 'ksjl', 'yfjz', 'zzjl']],
  },
  {
    department: education,
    person: 'allThree',
    fields: 'credentials { educationLevel academicDegree degreeConferralDate }',
    answer: {
      credentials: [{ educationLevel: '21', academicDegree: '408', degreeConferralDate: '2007-06-30' }],
    },
    columns: [['zjlx', 'zjhm', 'xl', 'xw', 'xwsyrq']],
  },
  {
    department: housingFund,
    person: 'parent',
    fields: 'housingFundAccount { accountStatus registrationDate idDocumentType idDocumentNumber }',
    answer: {
      housingFundAccount: {
        accountStatus: 'NORMAL',
        registrationDate: '2012-06-01',
        idDocumentType: 'RESIDENT_ID',
        idDocumentNumber: number('parent'),
      },
    },
    columns: [['zjlx', 'zjhm', 'grzhzt', 'khrq']],
  },
  {
    department: professionalQualifications,
    person: 'parent',
    fields: 'qualifications { qualificationCertificateNumber } practiceLicences { practiceLicenceName issueDate }',
    answer: {
      qualifications: [{ qualificationCertificateNumber: `201144110${number('parent')}` }],
      practiceLicences: [{ practiceLicenceName: '医师执业证书', issueDate: '2012-05-15' }],
    },
    columns: [
      ['zjlx', 'zjhm', 'zsbh'],
      ['zjlx', 'zjhm', 'zsmc', 'fzrq'],
    ],
  },
]

describe('the departments of natural persons', () => {
  let city: TestCity
  let systems: RunningSystems
  beforeAll(async () => {
    city = await testCity(400)
    systems = await startSystems(city.directory)
  })
  afterAll(async () => {
    await systems.close()
    await city.close()
  })

  /** A subgraph, and the columns of the rows that its source gave. */
  async function connected(department: Department, spoil: (row: object) => object = (row) => row) {
    const options = { dataDirectory: city.directory, ...systems.addressesOf(department.name) }
    const source = await department.connect(options)
    const columns: (readonly string[])[] = []
    const watched: Source = {
      ...source,
      async fetch(lookup) {
        const { rows, asOf } = await source.fetch(lookup)
        columns.push(lookup.columns)
        for (const row of rows) expect(Object.keys(row)).toEqual(lookup.columns)
        return { rows: rows.map((row) => ({ ...spoil(row) })), asOf }
      },
    }
    return { subgraph: createSubgraph(department, watched), columns }
  }

  async function ask(department: Department, person: DemoPerson, fields: string, spoil?: (row: object) => object) {
    const { subgraph, columns } = await connected(department, spoil)
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Person { ${fields} } } }`
    const r = [{ __typename: 'Person', ...demoPeople[person].document }]
    const answer = await subgraph.execute({ query, variables: { r } }, CONTEXT)
    await subgraph.close()
    return { answer, columns }
  }

  test.each(CASES)(
    '$department.name of $person answers what is asked, and reads the columns of that alone',
    async ({ department, person, fields, answer: expected, columns: read }) => {
      const { answer, columns } = await ask(department, person, fields)
      expect(answer.errors).toBeUndefined()
      expect(answer.data).toEqual({ _entities: [expected] })
      expect(columns).toEqual(read)
    },
  )

  test.each([residencePermit, health, education, housingFund])(
    '$name tells the time of the last load that ended well',
    async (department) => {
      const [link = ''] = Object.keys(department.links)
      const { answer } = await ask(department, 'allThree', `${link} { __typename }`)
      expect(answer.extensions?.sources).toMatchObject([{ asOf: '2026-11-20T03:05:00+08:00' }])
    },
  )

  test('births are found from the mother and from the father, and lead back to all three', async () => {
    const born = { newbornName: newborn.name, newborn: newborn.document, mother: allThree.document }
    const fields = `births {
      newbornName
      newborn { idDocumentType idDocumentNumber }
      mother { idDocumentType idDocumentNumber }
      father { idDocumentType idDocumentNumber }
    }`
    for (const person of ['allThree', 'parent'] as const) {
      const { answer, columns } = await ask(health, person, fields)
      expect(answer).toMatchObject({ data: { _entities: [{ births: [{ ...born, father: parent.document }] }] } })
      expect(columns).toEqual([['mqsfzh', 'fqsfzh', 'xsexm', 'xse_zjhm']])
    }
    const { answer } = await ask(health, 'movedOut', fields)
    expect(answer).toMatchObject({ data: { _entities: [{ births: [{ mother: movedOut.document, father: null }] }] } })
  })

  test('what follows a reference is read of the person that it leads to', async () => {
    const { answer, columns } = await ask(health, 'student', 'birth { mother { births { newbornName } } }')
    expect(answer.data).toEqual({ _entities: [{ birth: { mother: { births: [{ newbornName: '林小禾' }] } } }] })
    expect(columns).toEqual([
      ['xse_zjlx', 'xse_zjhm', 'mqsfzh'],
      ['mqsfzh', 'fqsfzh', 'xsexm'],
    ])
  })

  test('a birth whose certificate never got the number is found through the parents alone', async () => {
    const database = new DatabaseSync(join(city.directory, 'health', 'wsjs.db'), { readOnly: true })
    const row = database.prepare('select xsexm, mqsfzh from csyxzm where xse_zjhm is null').get()
    database.close()
    const { subgraph } = await connected(health)
    const query =
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Person { births { newbornName idDocumentNumber newborn { idDocumentNumber } } } } }'
    const r = [{ __typename: 'Person', idDocumentType: 'RESIDENT_ID', idDocumentNumber: row?.['mqsfzh'] }]
    const answer = await subgraph.execute({ query, variables: { r } }, CONTEXT)
    await subgraph.close()
    expect(answer.errors).toBeUndefined()
    expect(JSON.stringify(answer.data)).toContain(
      JSON.stringify({ newbornName: row?.['xsexm'], idDocumentNumber: null, newborn: null }),
    )
  })

  const unreadable: readonly (readonly [Department, DemoPerson, string, Readonly<Record<string, unknown>>, string])[] =
    [
      [
        residencePermit,
        'conflicting',
        'residencePermit { name residenceTownship }',
        { jz_xzjd: '江北' },
        '阿依古丽·买买提',
      ],
      [health, 'deceased', 'death { deceasedName ageAtDeath }', { nl: '七十四' }, '王建国'],
      [health, 'newborn', 'birth { newbornName newbornSex }', { xsexb: '女性' }, '赵一诺'],
      [
        education,
        'student',
        'student { studentName academicExamRecords { date } }',
        { ksjl: '[{"rq":"昨天"}]' },
        '林小禾',
      ],
      [education, 'student', 'student { studentName awards { title } }', { hjjl: '三好学生' }, '林小禾'],
      [housingFund, 'parent', 'housingFundAccount { name accountStatus }', { grzhzt: '99' }, '赵明轩'],
      [professionalQualifications, 'parent', 'qualifications { name issueDate }', { fzrq: '2011/13/20' }, '赵明轩'],
    ]
  test.each(unreadable)(
    '$0.name: what cannot be read is null with a code: %#',
    async (department, person, fields, bad, kept) => {
      const { answer } = await ask(department, person, fields, (row) => ({ ...row, ...bad }))
      expect(answer.errors?.map(({ extensions }) => extensions?.code)).toEqual(['SOURCE_INVALID'])
      expect(JSON.stringify(answer.data)).toContain(kept)
      for (const value of Object.values(bad)) expect(JSON.stringify(answer)).not.toContain(value)
    },
  )

  test('what no list has is in the systems and in no schema', () => {
    const unlisted: readonly (readonly [file: string, table: string, column: string])[] = [
      ['residence-permit/jzz.db', 'jzz_djb', 'lxdh'],
      ['health/wsjs.db', 'csyxzm', 'cstz'],
      ['health/wsjs.db', 'swyxzm', 'zy'],
      ['health/jhsy.db', 'jhsy', 'xyzns'],
      ['education/xjgl.db', 'xs_xjxx', 'jhrdh'],
      ['housing-fund/gjj.db', 'grzh', 'grzhye'],
    ]
    const all = [residencePermit, health, education, housingFund]
    const registers = all.flatMap(({ links }) => Object.values(links))
    for (const [file, table, column] of unlisted) {
      const database = new DatabaseSync(join(city.directory, file), { readOnly: true })
      const found = database.prepare(`select count(${column}) as n from ${table}`).get()
      database.close()
      expect(Number(found?.['n']), column).toBeGreaterThan(0)
      const read = registers.filter(({ at }) => at === table).flatMap(({ fields }) => Object.values(fields))
      expect(read.length).toBeGreaterThan(0)
      expect(read.map((source) => source.column)).not.toContain(column)
    }
  })
})
