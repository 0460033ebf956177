/** What the codes of a catalogue entry are called, Chinese first. */
const WORDS: Readonly<Record<string, string>> = {
  UNCONDITIONAL: '无条件共享 unconditional',
  CONDITIONAL: '有条件共享 conditional',
  NOT_SHARED: '不予共享 not shared',
  REALTIME: '实时 real time',
  DAILY: '每日 daily',
  MONTHLY: '每月 monthly',
  QUARTERLY: '每季度 quarterly',
  STATIC: '静态 static',
  DB_TABLE: '库表 database tables',
  API: '接口 interface',
  FILE: '文件 files',
  QUERY: '查询 query',
  VERIFY: '核实 verification',
  COPY: '批量 copy',
  OPEN: '开放 open',
  ON_REQUEST: '依申请开放 on request',
  NOT_OPEN: '不开放 not open',
  DIRECT: '提供部门直接授权 the department itself',
  PLATFORM: '委托平台授权 the platform, wholly delegated',
  DEPARTMENTS: '限定部门 certain departments',
  PARTIAL: '部分数据项 some items',
  MASKED: '仅脱敏 masked only',
  COMPARE: '仅比对 comparison only',
  CONDITIONS: '附条件 under conditions',
}

/** The word of a code, or the code itself. */
export function word(code: string | null): string {
  return code === null ? '–' : (WORDS[code] ?? code)
}

/** A text as one cell of a table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, '<br>')
}

/** A Markdown table; each row has as many cells as the head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}
