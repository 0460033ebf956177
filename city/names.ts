import type { Sex } from './citizen.ts'
import type { Random } from './random.ts'

const SURNAMES = [
  ...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任',
]
const COMPOUND = ['欧阳', '司马', '诸葛', '上官', '司徒', '夏侯', '皇甫', '尉迟', '慕容', '令狐']
const MEN = [...'伟强军杰涛明超辉刚平志勇毅俊峰磊鹏浩宇轩泽晨建文武海波健']
const WOMEN = [...'芳娜敏静丽艳娟霞秀燕玲桂英华慧红梅莹雪琳婷倩雅欣怡梦洁薇']
/** Outside the Basic Multilingual Plane, where old systems fail: GB 18030 writes each with four bytes. */
const RARE = ['𠮷', '𫖯', '𬀩', '𬭎', '𤧛', '𬍛', '𫍽', '𬸣']

/** Names of peoples whose names are not surname and given name: code of GB/T 3304, given names, fathers' names. */
const MINORITIES = [
  {
    ethnicity: '05',
    first: ['阿依古丽', '古丽娜尔', '艾山', '吐尔逊', '热依汗'],
    second: ['买买提', '吾买尔', '依明', '卡德尔'],
  },
  { ethnicity: '04', first: ['扎西', '卓玛', '次仁', '央金', '达娃'], second: ['顿珠', '拉姆', '平措', '曲珍'] },
  { ethnicity: '17', first: ['叶尔兰', '古丽巴合提', '努尔兰'], second: ['哈力', '叶斯木', '木拉提'] },
] as const
/** Peoples with names of the usual form. */
const OTHER_ETHNICITIES = ['08', '11', '03', '06', '15', '07', '02', '13', '12'] as const

const FOREIGN_FAMILY = ['SAMPLE', 'MUSTER', 'EXEMPLO', 'PRIMER', 'ESIMERKKI'] as const
const FOREIGN_GIVEN = ['ALEX', 'MARIA', 'NOAH', 'EMMA', 'IVAN', 'LINA'] as const

/** A name and the ethnicity (GB/T 3304) that goes with it. */
export interface Named {
  readonly name: string
  readonly ethnicity: string
}

/** A resident's name: mostly one surname and one or two characters, sometimes a compound surname or a rare character. */
export function residentName(random: Random, sex: Sex): Named {
  if (random.chance(0.025)) {
    const { ethnicity, first, second } = random.pick(MINORITIES)
    return { name: `${random.pick<string>(first)}·${random.pick<string>(second)}`, ethnicity }
  }
  const surname = random.chance(0.02) ? random.pick(COMPOUND) : random.pickRanked(SURNAMES)
  const given = sex === '1' ? MEN : WOMEN
  const second = random.chance(0.2) ? '' : random.pick(given)
  const last = random.chance(0.004) ? random.pick(RARE) : random.pick(given)
  return { name: surname + second + last, ethnicity: random.chance(0.06) ? random.pickRanked(OTHER_ETHNICITIES) : '01' }
}

/** The surname of a name in characters; of a name with a middle dot, its first part, which no child inherits. */
export function surnameOf(name: string): string {
  const [first = '', second] = name.split('·')
  if (second !== undefined) return first
  return COMPOUND.find((surname) => name.startsWith(surname)) ?? [...name][0] ?? ''
}

/** A name in Latin letters, as passports have it. */
export function foreignName(random: Random): string {
  return `${random.pick(FOREIGN_FAMILY)} ${random.pick(FOREIGN_GIVEN)}`
}

/** Characters that clerks confuse: the same sound, another sign. */
const CONFUSED: Readonly<Record<string, string>> = {
  静: '婧',
  伟: '玮',
  明: '铭',
  丽: '莉',
  志: '智',
  英: '瑛',
  军: '君',
  玲: '铃',
}

/** The same person's name as another system might hold it; sometimes a real difference, sometimes only a form. */
export function nameVariant(random: Random, name: string): string {
  if (name.includes('·')) return name.replace('·', random.pick(['•', '.', '．', '']))
  if (/^[\x20-\x7e]+$/.test(name)) return [...name].map(fullWidth).join('')
  const characters = [...name]
  const rare = characters.findIndex((character) => character.length > 1)
  if (rare >= 0) return characters.with(rare, '？').join('')
  const confused = characters.findIndex((character) => CONFUSED[character] !== undefined)
  if (confused > 0)
    return characters.map((character, at) => (at === confused ? (CONFUSED[character] ?? '') : character)).join('')
  return characters.length === 2 ? characters.join('　') : ` ${name}`
}

function fullWidth(character: string): string {
  return character === ' ' ? '　' : String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0)
}
