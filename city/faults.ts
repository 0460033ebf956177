import { createHash } from 'node:crypto'
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import iconv from 'iconv-lite'

/** A drop that a department sends and nobody may take. */
export interface PlantedFault {
  readonly department: string
  /** The faulty file, below the city's directory. */
  readonly file: string
  readonly what: string
}

/** Day on which the faulty drops arrive; newer than what is in service. */
const LATER = '20261118'

/**
 * Puts newer, faulty drops beside the good ones of a city, as a trial of what a clerk and an operator then see (S25): the
 * version before stays in service. The city itself is not changed, and is still found whole.
 */
export async function plantFaults(directory: string): Promise<readonly PlantedFault[]> {
  return [await ruinedNumber(directory), await otherContent(directory)]
}

/** A spreadsheet opened the register and saved one ID number as a floating-point number. */
async function ruinedNumber(directory: string): Promise<PlantedFault> {
  const folder = join(directory, 'disabled-persons', 'drop')
  const [good = ''] = await named(folder, '.csv')
  const text = iconv.decode(await readFile(join(folder, good)), 'gb18030')
  const ruined = text.replace(/(?<=居民身份证,)\d{17}[\dX]/, (number) => `${number[0]}.${number.slice(1, 6)}E+17`)
  const bytes = iconv.encode(ruined, 'gb18030')
  const file = `cjrdj_${LATER}.csv`
  await writeFile(join(folder, file), bytes)
  const manifest = {
    version: LATER,
    file,
    dataDate: '2026-11-18',
    rows: text.split('\r\n').length - 2,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
  await writeFile(join(folder, `cjrdj_${LATER}.manifest.json`), JSON.stringify(manifest, null, 2))
  return { department: 'disabled-persons', file: `disabled-persons/drop/${file}`, what: 'an ID number as 4.42090E+17' }
}

/** A workbook that was changed after its sum was made. */
async function otherContent(directory: string): Promise<PlantedFault> {
  const folder = join(directory, 'institution-staffing')
  const [good = ''] = await named(folder, '.xlsx')
  const file = `sydw_${LATER}.xlsx`
  await copyFile(join(folder, good), join(folder, file))
  const sum = createHash('sha256').update('another workbook').digest('hex')
  await writeFile(join(folder, `${file}.sha256`), `${sum}  ${file}\n`)
  return {
    department: 'institution-staffing',
    file: `institution-staffing/${file}`,
    what: 'a checksum of other content',
  }
}

async function named(folder: string, ending: string): Promise<readonly string[]> {
  const names = await readdir(folder)
  return names.filter((name) => name.endsWith(ending) && !name.includes(LATER)).toSorted()
}
