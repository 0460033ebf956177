/** A text file, of any kind; `path` relative to the root. */
export interface TextFile {
  readonly path: string
  readonly text: string
}

// Spelled in pieces, so that this file does not find itself.
const HOME_FOLDERS = ['work', 'root', 'Users', 'home'].join('|')
const MACHINE_PATH = new RegExp(`(?<![\\w./~$}*-])/(${HOME_FOLDERS})/[\\w.-]+`)
const REGISTRY_HOST = new RegExp(
  ['registry\\.npm', 'npm(js|mirror)\\.(org|com|net)', 'registry\\.yarn', 'npm\\.taobao'].join('|'),
  'i',
)

/** Lines that name a folder of somebody's machine or the host of a package registry, as `file:line what`. */
export function checkText(files: readonly TextFile[]): readonly string[] {
  return files.flatMap((file) =>
    file.text.split('\n').flatMap((line, index) => {
      const at = `${file.path}:${index + 1}`
      const machinePath = MACHINE_PATH.exec(line)
      const host = REGISTRY_HOST.exec(line)
      return [
        ...(machinePath ? [`${at} names a path of one machine: ${machinePath[0]}`] : []),
        ...(host ? [`${at} names a package registry: ${host[0]}`] : []),
      ]
    }),
  )
}
