/** Holds the lock of an audit folder until its standard input ends. Argument: directory. */
import { lockDirectory } from '../../gateway/adapters/audit-lock.ts'

const unlock = await lockDirectory(process.argv[2] ?? '')
process.stdout.write('held\n')
process.stdin.resume().once('end', () => void unlock())
