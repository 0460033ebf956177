import { Option } from 'commander'
import type { Command } from 'commander'
import { auditFiles, auditReader } from '../adapters/audit-file.ts'
import { READABLE } from '../adapters/audit-readers.ts'
import { createKeyFiles } from '../adapters/key-files.ts'
import { readLine } from '../audit/read-line.ts'
import { segmentsIn } from '../audit/files.ts'
import type { Ordered, OrderParts, OrderRefused } from '../audit/retention.ts'
import { keysDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { openKeyRing } from '../keys/key-ring.ts'
import { holdsIdNumber } from '../vocabulary/id-number.ts'
import type { Text } from '../vocabulary/codes.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { STAFF_NUMBER, isSameOfficer } from '../vocabulary/staff-number.ts'
import type { ChainFolder } from './audit-chains.ts'
import { auditDefaults } from './audit-defaults.ts'
import { fileLines } from './audit-lines.ts'
import { join } from 'node:path'
import { CommandFault } from './terminal.ts'

/** Who orders what is kept and removed. */
export interface OrderFlags {
  readonly officer: string
  readonly second: string
  readonly reason: string
}

/** Adds the options that every order has: nobody orders alone, or without a reason. */
export function withOfficers(command: Command): Command {
  return command
    .requiredOption('--officer <number>', 'staff number of the officer who orders it')
    .requiredOption('--second <number>', 'staff number of the second officer, who agrees: another one')
    .requiredOption('--reason <text>', 'why; it is kept for good')
}

/** @throws CommandFault where one officer would act alone, or a citizen's number would be kept */
export function orderedBy({ officer: by, second, reason }: OrderFlags): Ordered {
  if (!STAFF_NUMBER.test(by) || !STAFF_NUMBER.test(second))
    throw new CommandFault('--officer and --second take staff numbers')
  if (isSameOfficer(by, second)) throw new CommandFault('nobody orders alone: --second names another officer')
  if (reason.trim() === '') throw new CommandFault('an order needs a reason that can be read later')
  if ([by, second, reason].some(holdsIdNumber))
    throw new CommandFault("the reason is kept: leave citizens' numbers out of it (HZ-47.2)")
  return { by, second, reason: reason.trim() }
}

/** What orders on one chain are written with: its files, and the key that signs the record. */
export async function orderParts({ directory }: ChainFolder, config: Config, program: Command): Promise<OrderParts> {
  // Loaded for an order alone: whoever only reads needs nothing of it.
  const { auditSigner } = await import('../wiring/stores.ts')
  const { publicKeys } = await auditDefaults(program)
  const keys = await openKeyRing(createKeyFiles(keysDirectory(config)), {
    allowDevelopment: config.mode === 'embedded',
  })
  const files = auditFiles(directory, config.audit.group === undefined ? undefined : READABLE)
  const chain = await chainOf(directory)
  return { files, signing: { chain, signer: auditSigner(config, keys), clock: systemClock }, publicKeys }
}

/** The chain's own name, by the first header that can be read. */
async function chainOf(directory: string): Promise<string> {
  for (const { name } of segmentsIn(await auditReader(directory).list())) {
    for await (const [raw] of fileLines(join(directory, name))) {
      const line = raw === undefined ? null : readLine(raw)
      if (line?.kind === 'header') return line.header.chain
      break
    }
  }
  throw new CommandFault(`${directory}: no segment has a header that can be read; run gongxiang audit verify`)
}

/** Why an order was not carried out, for people. */
export const REFUSED: Readonly<Record<OrderRefused['why'], Text>> = {
  'below-three-years': {
    zh: '审计记录至少保存三年(R809-29)',
    en: 'records are kept for three years at least (R809-29)',
  },
  'one-officer': { zh: '须由两名不同人员决定', en: 'two different officers must order it' },
  'reason-missing': { zh: '须写明理由和文号', en: 'the reason, and the number of the decision, must be stated' },
  'orders-damaged': {
    zh: '已有的保存与清除令不完整,先运行 gongxiang audit verify',
    en: 'the orders that stand are damaged: run gongxiang audit verify first',
  },
  'hold-exists': { zh: '已有同名的保全令', en: 'a hold of this name stands already' },
  'hold-unknown': { zh: '没有这一保全令', en: 'no such hold stands' },
  'scope-invalid': { zh: '保全范围无效', en: 'the scope of the hold is invalid' },
  'clock-ahead': {
    zh: '本机时钟比网关所签的最近时间晚 31 天以上:先校准时钟;若网关久未运行,先启动一次',
    en: "this host's clock is more than 31 days ahead of all that the gateway has signed: set it right; where the gateway has not run for so long, start it once",
  },
  'segments-damaged': {
    zh: '该链的开头核验不通过:受损之处是证据,不予清除',
    en: 'the beginning of the chain does not verify: what is damaged is evidence and stays',
  },
}

/** The option by which an order is only shown, or carried out. */
export const APPLY = new Option('--apply', 'carries it out; else it is only shown')
