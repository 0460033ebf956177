// Installs the packages of package-lock.json where node_modules differs from it, and else does nothing.
// Plain JavaScript for the oldest Node that may run it (18): it runs before our own runtime is there.
import { fileURLToPath } from 'node:url'
import path from 'node:path'
import { difference } from './install/difference.mjs'
import { withLock } from './install/lock.mjs'
import { install } from './install/npm-ci.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

try {
  if (difference(root) !== null) {
    await withLock(path.join(root, '.gongxiang', 'install.lock'), async () => {
      // Asked again under the lock: another run may have installed while this one waited.
      const reason = difference(root)
      if (reason === null) return
      await install(root, reason)
      const left = difference(root)
      if (left !== null) throw new Error(`the packages still differ from package-lock.json: ${left}`)
    })
  }
} catch (error) {
  process.stderr.write(`gongxiang: installing the packages failed: ${error.message}\n`)
  process.exitCode = 1
}
