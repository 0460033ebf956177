/**
 * National code lists that are short and final enough to stand here: code, Chinese, English and, where the standard has
 * one, its letter code. A scalar of the schema whose description names a list is verified by any of its spellings.
 */

/** One code with all that people write instead of it. */
export type CodeRow = readonly [code: string, ...spellings: readonly string[]]

/** GB/T 2261.1-2003. */
const SEX: readonly CodeRow[] = [
  ['0', '未知的性别', '未知', 'Unknown'],
  ['1', '男性', '男', 'Male'],
  ['2', '女性', '女', 'Female'],
  ['9', '未说明的性别', '未说明', 'Not stated'],
]

/** GB/T 2261.2-2003. */
const MARITAL: readonly CodeRow[] = [
  ['10', '未婚', 'Single'],
  ['20', '已婚', 'Married'],
  ['21', '初婚', 'First marriage'],
  ['22', '再婚', 'Remarried'],
  ['23', '复婚', 'Remarried to the same person'],
  ['30', '丧偶', 'Widowed'],
  ['40', '离婚', 'Divorced'],
  ['90', '未说明的婚姻状况', '未说明', 'Not stated'],
]

/** GB/T 3304-1991 in the order of its numbers from 01; the ending 族 may be left out. */
const PEOPLES =
  '汉Han/HA 蒙古Mongol/MG 回Hui/HU 藏Zang/ZA 维吾尔Uygur/UG 苗Miao/MH 彝Yi/YI 壮Zhuang/ZH 布依Buyei/BY 朝鲜Chosen/CS ' +
  '满Man/MA 侗Dong/DO 瑶Yao/YA 白Bai/BA 土家Tujia/TJ 哈尼Hani/HN 哈萨克Kazak/KZ 傣Dai/DA 黎Li/LI 傈僳Lisu/LS ' +
  '佤Va/VA 畲She/SH 高山Gaoshan/GS 拉祜Lahu/LH 水Sui/SU 东乡Dongxiang/DX 纳西Naxi/NX 景颇Jingpo/JP 柯尔克孜Kirgiz/KG ' +
  '土Tu/TU 达斡尔Daur/DU 仫佬Mulao/ML 羌Qiang/QI 布朗Blang/BL 撒拉Salar/SL 毛南Maonan/MN 仡佬Gelao/GL 锡伯Xibe/XB ' +
  '阿昌Achang/AC 普米Pumi/PM 塔吉克Tajik/TA 怒Nu/NU 乌孜别克Uzbek/UZ 俄罗斯Russ/RS 鄂温克Ewenki/EW 德昂Deang/DE ' +
  '保安Bonan/BN 裕固Yugur/YG 京Gin/GI 塔塔尔Tatar/TT 独龙Derung/DR 鄂伦春Oroqen/OR 赫哲Hezhen/HZ 门巴Monba/MB ' +
  '珞巴Lhoba/LB 基诺Jino/JN'

function peoples(): readonly CodeRow[] {
  const rows = PEOPLES.split(' ').map((entry, at): CodeRow => {
    const {
      name = '',
      latin = '',
      letters = '',
    } = /^(?<name>\p{Script=Han}+)(?<latin>\w+)\/(?<letters>\w+)$/u.exec(entry)?.groups ?? {}
    return [String(at + 1).padStart(2, '0'), `${name}族`, name, latin, letters]
  })
  return [...rows, ['97', '其他', 'Other'], ['98', '外国血统中国籍人士', 'Naturalised']]
}

/** By the number of the standard, without its year. */
export const CODE_LISTS: ReadonlyMap<string, readonly CodeRow[]> = new Map([
  ['GB/T 2261.1', SEX],
  ['GB/T 2261.2', MARITAL],
  ['GB/T 3304', peoples()],
])
