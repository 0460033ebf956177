import { spawn } from 'node:child_process'
import path from 'node:path'

// --include=dev beats NODE_ENV=production and an `omit` in somebody's npmrc: our runtime is a development package.
const ARGUMENTS = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
const LINE_EVERY_S = 5

/**
 * Runs `npm ci` in `root` with visible progress on stderr; npm's own output is shown only when it fails.
 *
 * @param {string} root folder of package-lock.json
 * @param {string} reason shown to the user
 * @returns {Promise<void>}
 * @throws when npm fails, with its output
 */
export async function install(root, reason) {
  const progress = startProgress(reason)
  const output = []
  const code = await run(root, (chunk) => output.push(chunk))
  const seconds = progress.stop()
  if (code !== 0) throw new Error(`npm ci ended with ${code}\n${Buffer.concat(output).toString('utf8')}`)
  process.stderr.write(`gongxiang: packages installed in ${seconds} s\n`)
}

function run(root, onOutput) {
  const environment = environmentWithoutOwnBin(root)
  const [command, ...first] = npmCommand(root)
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...ARGUMENTS], {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.on('data', onOutput)
    child.stderr.on('data', onOutput)
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? signal))
  })
}

/** The npm that started us, run by its own Node: not by the one in node_modules, which `npm ci` deletes first. */
function npmCommand(root) {
  const { npm_execpath: npm, npm_node_execpath: node } = process.env
  if (npm && node && !node.startsWith(path.join(root, 'node_modules'))) return [node, npm]
  return ['npm']
}

function environmentWithoutOwnBin(root) {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  const kept = folders.filter((folder) => !folder.startsWith(path.join(root, 'node_modules')))
  return { ...process.env, PATH: kept.join(path.delimiter) }
}

function startProgress(reason) {
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  const terminal = process.stderr.isTTY === true
  process.stderr.write(`gongxiang: installing packages (${reason}); this takes about half a minute\n`)
  const timer = setInterval(
    () => {
      const line = `gongxiang: installing packages, ${seconds()} s`
      process.stderr.write(terminal ? `\r${line}` : `${line}\n`)
    },
    terminal ? 1000 : LINE_EVERY_S * 1000,
  )
  return {
    stop() {
      clearInterval(timer)
      if (terminal) process.stderr.write('\r\u001b[K')
      return seconds()
    },
  }
}
