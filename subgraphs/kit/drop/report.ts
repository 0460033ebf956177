import { createHash } from 'node:crypto'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inChinese, inEnglish, remedy } from './problem.ts'
import type { Problem } from './problem.ts'

/** Reports of one series that are kept: the newest. */
const MOST_REPORTS = 100

/** A version that was not taken. */
export interface Refused {
  /** Name of the manifest, or of the file where there is none. */
  readonly name: string
  readonly stamp: string
  /** Whether it is tried again as it is. */
  readonly passing: boolean
  readonly sha256: string | null
  /** Rows that were read, and how many of them cannot be taken. */
  readonly rows: number
  readonly badRows: number
  /** The first ones. */
  readonly problems: readonly Problem[]
  /** Version that stays in service; null where there is none. */
  readonly inService: { readonly version: string; readonly dataDate: string } | null
}

/**
 * Writes the report on one bad version, for the department's clerk, and gives its name. It says what is wrong, where and
 * how to mend it; of what stands in the file it tells nothing (HZ-47.2).
 */
export async function writeReport(folder: string, prefix: string, refused: Refused): Promise<string> {
  const digest = createHash('sha256').update(refused.stamp).digest('hex').slice(0, 8)
  const name = `${refused.name}.${digest}.txt`
  // With a byte order mark, so that a clerk's editor shows Chinese as it is.
  await writeFile(join(folder, name), `\uFEFF${reportText(refused)}`, { mode: 0o600 })
  await prune(folder, prefix)
  return name
}

function reportText({ name, passing, sha256, rows, badRows, problems, inService }: Refused): string {
  const counted = rows === 0 ? [] : [`行数 Rows: ${rows}; 有问题 with faults: ${badRows}`]
  const served =
    inService === null
      ? '目前没有可用版本 · Nothing is in service.'
      : `继续使用版本 ${inService.version}(数据日期 ${inService.dataDate})· Version ${inService.version} of ${inService.dataDate} stays in service.`
  return [
    `文件未被采用 · This file was not taken: ${name}`,
    ...(sha256 === null ? [] : [`SHA-256: ${sha256}`]),
    ...counted,
    served,
    '',
    ...problems.flatMap((problem, at) => {
      const { zh, en } = remedy(problem.kind)
      return [`${at + 1}. ${inChinese(problem)}`, `   ${inEnglish(problem)}`, `   → ${zh}`, `   → ${en}`, '']
    }),
    ...(badRows > problems.length
      ? [`……只列出前 ${problems.length} 处 · Only the first ${problems.length} are listed.`]
      : []),
    ...(passing
      ? ['平台会自动再次读取这个文件。', 'The same file is read again by itself.']
      : [
          '整个文件都不采用;更正后请整份重新报送。',
          'Nothing of the file is used: mend it and drop it again as a whole.',
        ]),
    '',
  ].join('\r\n')
}

/** Names of versions grow, so the first of a series are the oldest. */
async function prune(folder: string, prefix: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${prefix}_`)).toSorted()
  for (const name of names.slice(0, -MOST_REPORTS)) await rm(join(folder, name), { force: true })
}
