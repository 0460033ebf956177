/** Where something is wrong. Only names that the register declares, and places: never what stands there. */
export interface Place {
  readonly sheet?: string | null
  /** As a spreadsheet counts: the first row of headings is 1. */
  readonly row?: number
  /** Heading, as the register declares it. */
  readonly column?: string
  /** Reference of a cell, e.g. `C17`. */
  readonly cell?: string | null
}

/** What is wrong with a dropped file, in Chinese and English, and how to mend it. `{}` stands for `about`. */
const PROBLEMS = {
  MANIFEST_SHAPE: [
    '清单文件(manifest.json)的格式不对',
    'The manifest has another shape than it must have',
    '按说明重新生成清单,并在数据文件写完之后再写清单',
    'Write the manifest anew, after the data file',
  ],
  MARKER_SHAPE: [
    '.sha256 文件里没有 64 位十六进制的校验值',
    'The .sha256 file holds no checksum of 64 hexadecimal digits',
    '重新生成校验文件,例如 sha256sum 的输出',
    'Write it anew, e.g. with sha256sum',
  ],
  DATA_DATE: [
    '数据日期不是有效日期',
    'The data date is no date',
    '改为 YYYY-MM-DD(清单)或 YYYYMMDD(文件名)',
    'Write YYYY-MM-DD in the manifest, YYYYMMDD in the name',
  ],
  OLDER: [
    '数据日期早于正在使用的版本',
    'It is older than the version in service',
    '旧数据不会替换新数据;确需退回时,请用新的数据日期重新报送',
    'Older data replace no newer ones; to go back, drop them again under a new data date',
  ],
  FILE_MISSING: [
    '清单所列的数据文件不在目录里',
    'The file of the manifest is missing',
    '补上数据文件,或更正清单里的文件名',
    'Drop the file, or correct its name in the manifest',
  ],
  FILE_UNREADABLE: [
    '数据文件无法读取',
    'The file cannot be read',
    '检查文件的读取权限,或重新报送',
    'Check who may read it, or drop it again',
  ],
  WORK_FULL: [
    '平台的工作磁盘已满,文件没有读完',
    'The work disk of the gateway is full: the file was not read to its end',
    '不必重新报送;请平台运维人员腾出空间,之后会自动重试',
    'Nothing is to be dropped again: operators make room, and it is tried again by itself',
  ],
  FILE_CHANGED: [
    '读取期间文件被改动',
    'The file was changed while it was read',
    '写完之后不要再改;改动后请用新版本号报送',
    'Leave a dropped file alone; drop changes as a new version',
  ],
  CHECKSUM: [
    '校验值(SHA-256)不一致',
    'The checksum (SHA-256) differs',
    '文件传输不完整或清单不配套,请重新报送两个文件',
    'The transfer was broken or the two do not belong together: drop both again',
  ],
  ROW_COUNT: [
    '行数与清单不符({})',
    'The number of rows is not that of the manifest ({})',
    '核对导出是否完整,更正清单',
    'Check that the export is complete, and correct the manifest',
  ],
  NO_ROWS: [
    '文件里没有数据行',
    'The file has no rows',
    '确认导出是否成功;确无数据时请附清单并写明 rows 为 0',
    'Check the export; where there is truly nothing, say so in a manifest with rows 0',
  ],
  TOO_LARGE: [
    '文件或其中一个单元格过大',
    'The file or a cell of it is too large',
    '检查是否有未闭合的引号或异常内容,或分批报送',
    'Look for an open quote or strange content, or drop it in parts',
  ],
  ENCODING_INVALID: [
    '字符编码不对,含有无法识别的字节或乱码',
    'The encoding is not what it should be: there are invalid or damaged characters',
    '另存为 UTF-8(带 BOM)后重新报送',
    'Save it as UTF-8 with BOM and drop it again',
  ],
  ENCODING_AMBIGUOUS: [
    '无法确定字符编码(UTF-8 与 GB18030 都读得通)',
    'The encoding cannot be told: it can be read as UTF-8 and as GB 18030',
    '在清单里写明 encoding,或另存为 UTF-8(带 BOM)',
    'State `encoding` in the manifest, or save it as UTF-8 with BOM',
  ],
  NOT_CSV: [
    '不是规范的 CSV(引号不配对或位置不对)',
    'It is not CSV: a quote is missing or misplaced',
    '含逗号、引号或换行的内容要用双引号括起,其中的引号写两遍',
    'Put content with commas, quotes or line breaks in quotes, and double the quotes in it',
  ],
  TORN: [
    '这一行的列数与表头不同',
    'The row has another number of cells than the headings',
    '检查这一行是否缺列、多列或断行',
    'Look for a missing or surplus cell, or a broken line',
  ],
  NOT_XLSX: [
    '不是可读取的 .xlsx 工作簿',
    'It is no .xlsx workbook that can be read',
    '用“Excel 工作簿(.xlsx)”格式另存;不支持 .xls',
    'Save it as an Excel workbook (.xlsx); .xls is not read',
  ],
  ENCRYPTED: [
    '工作簿有密码或是旧的 .xls 格式',
    'The workbook has a password, or is an old .xls',
    '去掉打开密码,用 .xlsx 格式另存',
    'Remove the password and save it as .xlsx',
  ],
  SHEET_MISSING: ['缺少工作表', 'A sheet is missing', '恢复工作表及其名称', 'Restore the sheet and its name'],
  SHEET_HIDDEN: [
    '工作表是隐藏的',
    'The sheet is hidden',
    '取消隐藏,核对内容后重新报送',
    'Unhide it, check what it holds, and drop it again',
  ],
  SHEET_AMBIGUOUS: [
    '有多个可见的工作表,无法确定用哪一个',
    'There are several visible sheets, and none is named',
    '只留一个工作表',
    'Leave one sheet only',
  ],
  COLUMN_MISSING: [
    '缺少列',
    'A column is missing',
    '恢复该列及其表头;列名有变请先告知平台',
    'Restore the column and its heading; tell the platform before a heading changes',
  ],
  COLUMN_TWICE: ['列重复', 'A column is there twice', '只保留一列', 'Leave one of them'],
  NO_SUBJECT: [
    '这一行没有证件号码或统一社会信用代码等主键',
    'The row names nobody: its number or its kind of number is missing',
    '补全号码及其类型;合计行请删除',
    'Complete the number and its kind; delete lines of totals',
  ],
  DUPLICATE: [
    '同一主体有两行(先前在第 {} 行)',
    'There are two rows of one subject (the first is row {})',
    '每个主体只保留一行(15 位与 18 位号码是同一人)',
    'Leave one row of each (15 and 18 digits are one person)',
  ],
  REPEATED: [
    '编号重复(先前在第 {} 行)',
    'A number that must be unique is there twice (first in row {})',
    '删除重复的行',
    'Delete the row that repeats the other',
  ],
  UNREADABLE: [
    '内容不符合该列的要求(代码、日期等)',
    'The value is not what the column holds (a code, a date)',
    '按代码表或日期格式更正',
    'Correct it by the list of codes or the form of dates',
  ],
  LEADING_ZEROS: [
    '内容少了前面的零',
    'Leading zeros are lost',
    '把该列设为“文本”格式,补回前面的零',
    'Format the column as text and restore the zeros',
  ],
  NUMBER_RUINED: [
    '超过 15 位的号码被存成数字,末几位已经丢失',
    'A number of more than 15 digits was stored as a figure: its last digits are lost',
    '把该列设为“文本”格式,从原系统重新导出号码;在表里改格式不能恢复',
    'Format the column as text and export it anew: changing the format restores nothing',
  ],
  SCIENTIFIC: [
    '号码变成了科学计数法(如 4.4E+17)',
    'A number has turned into scientific notation (like 4.4E+17)',
    '把该列设为“文本”格式,从原系统重新导出',
    'Format the column as text and export it anew',
  ],
  NUMBER_AS_FIGURE: [
    '身份证号码被存成数字',
    'An identity number was stored as a figure',
    '把该列设为“文本”格式,重新导出',
    'Format the column as text and export it anew',
  ],
  DATE_IN_TEXT: [
    'Excel 把文本当成了日期',
    'The spreadsheet has made a date of a text',
    '把该列设为“文本”格式,重新填写',
    'Format the column as text and write it again',
  ],
  DATE_IMPOSSIBLE: ['日期单元格的数值不是日期', 'The figure of a date is none', '重新填写日期', 'Write the date again'],
  FORMULA_EMPTY: [
    '公式没有计算结果',
    'A formula has no value',
    '打开文件重新计算并保存,或粘贴为数值',
    'Open, recalculate and save it, or paste its value',
  ],
  CELL_ERROR: [
    '单元格是错误值(如 #N/A)',
    'The cell holds an error (like #N/A)',
    '更正公式或填写正确内容',
    'Correct the formula, or write the value',
  ],
} as const satisfies Readonly<Record<string, readonly [zh: string, en: string, mendZh: string, mendEn: string]>>

/** What can be wrong with a dropped file. */
export type ProblemKind = keyof typeof PROBLEMS
export const PROBLEM_KINDS: readonly ProblemKind[] = Object.keys(PROBLEMS).filter((kind) => isKind(kind))

function isKind(kind: string): kind is ProblemKind {
  return Object.hasOwn(PROBLEMS, kind)
}

/** One thing that is wrong, and where. */
export interface Problem {
  readonly kind: ProblemKind
  readonly at: Place
  /** Figures that belong to it. */
  readonly about?: string
}

/** Stops reading a file that cannot be taken. Its message tells no value. */
export class DropRefused extends Error {
  override readonly name = 'DropRefused'
  readonly problem: Problem
  constructor(kind: ProblemKind, at: Place = {}, about?: string) {
    const problem: Problem = about === undefined ? { kind, at } : { kind, at, about }
    super(inEnglish(problem))
    this.problem = problem
  }
}

/** In one line for operators. */
export function inEnglish({ kind, at, about = '' }: Problem): string {
  return `${PROBLEMS[kind][1].replace('{}', about)}${placed(at, ['sheet', 'row', 'column', 'cell'], ': ', ', ')}`
}

/** In one line for a clerk. */
export function inChinese({ kind, at, about = '' }: Problem): string {
  return `${PROBLEMS[kind][0].replace('{}', about)}${placed(at, ['工作表', '行', '列', '单元格'], ':', ',')}`
}

/** How to mend it. */
export function remedy(kind: ProblemKind): { readonly zh: string; readonly en: string } {
  return { zh: PROBLEMS[kind][2], en: PROBLEMS[kind][3] }
}

function placed(at: Place, names: readonly [string, string, string, string], colon: string, comma: string): string {
  const parts = [at.sheet, at.row, at.column, at.cell].flatMap((value, index) =>
    value === undefined || value === null ? [] : [`${names[index]} ${value}`],
  )
  return parts.length === 0 ? '' : `${colon}${parts.join(comma)}`
}
