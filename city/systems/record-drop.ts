import { join } from 'node:path'
import { manifestOf, newCsv, writeManifest } from './drop-file.ts'
import type { CsvFile } from './drop-file.ts'
import type { CitizenTable, OrganisationTable, PlainTable } from './sqlite-system.ts'
import type { Sink } from './sink.ts'
import type { Cell } from './table.ts'

/** A file of a drop: its name before the version is that of the table. */
type DropTable = PlainTable | OrganisationTable | CitizenTable

/**
 * A system that drops files: one CSV in GB 18030 for each table, of one day, with a manifest that is written last.
 *
 * @param folder below the city's directory
 * @param dataDate day of the data, `YYYY-MM-DD`
 */
export function recordDrop(directory: string, folder: string, tables: readonly DropTable[], dataDate: string): Sink {
  const files = tables.map((table) => {
    const path = `${folder}/${table.name}_${dataDate.replaceAll('-', '')}.csv`
    return { table, path, csv: newCsv(join(directory, path), 'gb18030', table.columns) }
  })
  for (const { table, csv } of files) if ('rows' in table) put(csv, table.rows)
  return {
    files: files.flatMap(({ path }) => [path, manifestOf(path)]),
    async addOrganisations(organisations) {
      for (const { table, csv } of files)
        if ('organisationRows' in table)
          put(
            csv,
            organisations.flatMap((one, at) => table.organisationRows(one, at + 1)),
          )
    },
    async add(citizens) {
      for (const { table, csv } of files)
        if ('citizenRows' in table)
          put(
            csv,
            citizens.flatMap((citizen) => table.citizenRows(citizen)),
          )
    },
    async finish() {
      for (const { path, csv } of files) writeManifest(join(directory, path), { dataDate, ...csv.finish() })
    },
  }
}

function put(csv: CsvFile, rows: readonly (readonly Cell[])[]): void {
  csv.add(rows.map((cells) => cells.map((cell) => (cell === null ? '' : String(cell)))))
}
