import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Why node_modules differs from package-lock.json, as a phrase for people, or null where it does not.
 * npm writes node_modules/.package-lock.json last, so an interrupted install shows as "not installed".
 * Packages that no lockfile knows are left in peace: a tree that has all it needs is never wiped.
 *
 * @param {string} root folder of package.json
 * @returns {string | null}
 * @throws when package-lock.json is missing or no JSON
 */
export function difference(root) {
  const wanted = readPackages(path.join(root, 'package-lock.json'))
  if (wanted === null) throw new Error('package-lock.json is missing or unreadable')
  const present = readPackages(path.join(root, 'node_modules', '.package-lock.json'))
  if (present === null) return 'nothing is installed yet'
  for (const [location, entry] of Object.entries(wanted)) {
    if (location === '' || entry.link === true) continue
    const reason = packageDifference(root, location, entry, present[location])
    if (reason !== null) return reason
  }
  return null
}

function packageDifference(root, location, wanted, present) {
  const name = location.replace(/^.*node_modules\//, '')
  if (present === undefined) {
    // Binaries for other platforms are in the lockfile and rightly absent.
    return wanted.optional === true ? null : `${name} is missing`
  }
  if (present.version !== wanted.version) return `${name} is ${present.version}, not ${wanted.version}`
  if (wanted.integrity !== undefined && present.integrity !== wanted.integrity) return `${name} has another content`
  if (!existsSync(path.join(root, location, 'package.json'))) return `${name} was deleted`
  // The package `node` gets its binary by an install script, which --ignore-scripts would have left out.
  if (name === 'node' && !existsSync(path.join(root, location, 'bin', 'node'))) return 'node has no binary'
  return null
}

function readPackages(file) {
  try {
    const packages = JSON.parse(readFileSync(file, 'utf8')).packages
    return typeof packages === 'object' ? packages : null
  } catch {
    return null
  }
}
