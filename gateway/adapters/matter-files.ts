import type { CaseSource, MatterSource } from '../grants/registers.ts'
import { followFile } from './followed-file.ts'
import { readCases, readMatters } from './register-files.ts'

/** Milliseconds between looks: cases are opened all day. */
const INTERVAL = 1_000

/** The registers of matters and cases, followed. */
export interface MatterFiles {
  readonly matters: MatterSource
  readonly cases: CaseSource
  close(): void
}

/**
 * Matters and cases from YAML registers, read again when they change. A register that cannot be read leaves the last
 * good one in force.
 *
 * @throws ConfigFault for a bad register, at opening only
 */
export function openMatterFiles(mattersFile: string, casesFile: string): MatterFiles {
  let version = 1
  const matters = followFile({
    path: mattersFile,
    subject: 'matters',
    interval: INTERVAL,
    parse: (text) => readMatters(mattersFile, text),
    onChange: () => void (version += 1),
  })
  const cases = followFile({
    path: casesFile,
    subject: 'cases',
    interval: INTERVAL,
    parse: (text) => readCases(casesFile, text),
    onChange: () => {},
  })
  return {
    matters: {
      version: () => version,
      find: (code) => matters.current().find(code),
      ofDepartment: (department) => matters.current().ofDepartment(department),
    },
    cases: { find: (number) => cases.current().find(number) },
    close() {
      matters.close()
      cases.close()
    },
  }
}
