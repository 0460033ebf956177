/** A gateway's audit under load, to be killed: prints each receipt once its record is acknowledged. Argument: directory. */
import { writeSync } from 'node:fs'
import { auditFiles } from '../../gateway/adapters/audit-file.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { openTestLog, sampleEntry } from './audit-samples.ts'

const WORKERS = 16

const log = await openTestLog(auditFiles(process.argv[2] ?? ''), { clock: systemClock, segmentBytes: 65_536 })
writeSync(1, 'ready\n')

async function work(worker: number): Promise<void> {
  for (let index = 0; ; index += 1) {
    const receipt = `${process.pid}-${worker}-${index}`
    await log.append(await log.reserve(), sampleEntry(receipt))
    writeSync(1, `${receipt}\n`)
  }
}

await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)))
