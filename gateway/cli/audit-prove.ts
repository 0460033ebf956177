import type { KeyObject } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { auditReader } from '../adapters/audit-file.ts'
import { parseCheckpoint, verifierKey } from '../audit/checkpoint.ts'
import type { Checkpoint } from '../audit/checkpoint.ts'
import { latestCheckpoint } from '../audit/heads.ts'
import { checkInclusion, inclusionProof } from '../audit/proof.ts'
import type { NoProof } from '../audit/proof.ts'
import type { Text } from '../vocabulary/codes.ts'
import { auditDirectory, chainsIn, languageOf, publicKeysOf, withAuditFlags, withPublicKeys } from './audit-options.ts'
import type { AuditFlags, KeyFlags } from './audit-options.ts'
import { findReceipt } from './audit-show.ts'
import { CommandFault, inLanguage, print, printJson, printNote } from './terminal.ts'

interface ProveFlags extends AuditFlags, KeyFlags {
  readonly out?: string
  readonly checkpoint?: string
}

const PROVE_EXAMPLES = `
The proof is JSON, on standard output or in a file: the record's line, the hashes beside its way up, a signed checkpoint.
A third party checks it with the gateway's public key alone, which it should have had before (audit checkpoint --key).

Examples:
  gongxiang audit prove gx_01JDZ4Q8M0XYZABCDEFGHJKMNP --out proof.json
  gongxiang audit prove gx_01JDZ4Q8M0XYZABCDEFGHJKMNP --checkpoint kept.note > proof.json`

/** Adds `audit prove`: that one record stands in the log, without the log. */
export function registerProve(audit: Command): void {
  const prove = audit
    .command('prove')
    .description('Prove one record to somebody who has not the log (单条记录的存在证明)')
    .argument('<receipt>', 'receipt, as in the header x-receipt')
    .option('--out <file>', 'file to be made; else standard output')
    .option('--checkpoint <file>', 'prove it against this kept checkpoint; else the first that knows the record')
  withPublicKeys(withAuditFlags(prove))
    .addHelpText('after', PROVE_EXAMPLES)
    .action(async (receipt: string, flags: ProveFlags, command: Command) => run(receipt, flags, command))
}

async function run(receipt: string, flags: ProveFlags, command: Command): Promise<void> {
  const language = languageOf(flags)
  const against = flags.checkpoint === undefined ? null : await checkpointFrom(flags.checkpoint)
  const shown = await findReceipt(await chainsIn(await auditDirectory(flags, command)), receipt)
  if (shown === null) throw new CommandFault(inLanguage(WHY_NOT['unknown-record'], language))
  const { place } = shown.found
  if (against !== null && against.chain !== place.chain)
    throw new CommandFault(`the record is of chain ${place.chain}, the checkpoint of ${against.chain}`)
  const proof = await inclusionProof(auditReader(place.directory), place.seq, against)
  if (proof.kind !== 'inclusion-proof') throw new CommandFault(inLanguage(WHY_NOT[proof.kind], language))
  const checked = checkInclusion(proof, await publicKeysOf(flags, command))
  if (checked.kind !== 'proved') throw new CommandFault(`${inLanguage(WHY_NOT.damaged, language)} (${checked.why})`)
  const text = `${JSON.stringify(proof, null, 2)}\n`
  if (flags.out === undefined) process.stdout.write(text)
  else await writeFile(flags.out, text, { flag: 'wx', mode: 0o600 })
  const file = flags.out ?? 'proof.json'
  printNote(
    inLanguage(
      {
        zh: `第 ${place.seq} 条记录已由 ${proof.size} 条记录的检查点证明。第三方核验:node examples/verify-proof/verify.mjs ${file} key.pem(公钥:gongxiang audit checkpoint --key)`,
        en: `record ${place.seq} is proved by the checkpoint over ${proof.size} records. A third party checks it with: node examples/verify-proof/verify.mjs ${file} key.pem (the public key: gongxiang audit checkpoint --key)`,
      },
      language,
    ),
  )
}

const WHY_NOT: Readonly<Record<NoProof['kind'], Text>> = {
  'unknown-record': { zh: '没有该回执号的记录', en: 'no record has this receipt' },
  'no-checkpoint': {
    zh: '还没有包含这条记录的检查点:稍后再试(audit.headEveryMs),或换一个更新的检查点',
    en: 'no checkpoint knows the record yet: try again in a moment (audit.headEveryMs), or give a newer one',
  },
  damaged: {
    zh: '日志与检查点不符:gongxiang audit verify 会指明何处受损',
    en: 'the log does not lead to the checkpoint: gongxiang audit verify tells where it is damaged',
  },
}

async function checkpointFrom(file: string): Promise<Checkpoint> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CommandFault(`${file} cannot be read`)
  })
  const checkpoint = parseCheckpoint(text)
  if (checkpoint === null) throw new CommandFault(`${file} is no checkpoint`)
  return checkpoint
}

const CHECKPOINT_EXAMPLES = `
Keep checkpoints where the gateway's operators cannot reach them: whoever has one finds a tail that was cut later.

Examples:
  gongxiang audit checkpoint > checkpoints/2026-11-23.note
  gongxiang audit checkpoint --key > key.pem`

/** Adds `audit checkpoint`: the newest signed statement of each chain, as a note. */
export function registerCheckpoint(audit: Command): void {
  const checkpoint = audit
    .command('checkpoint')
    .description('Print the newest checkpoint of each chain (最新的签名检查点)')
    .option('--key', 'print the public keys instead: PEM, and each chain’s verifier key as a comment')
  withPublicKeys(withAuditFlags(checkpoint))
    .addHelpText('after', CHECKPOINT_EXAMPLES)
    .action(async (flags: AuditFlags & KeyFlags & { readonly key?: boolean }, command: Command) => {
      const found = await newest(await auditDirectory(flags, command))
      if (flags.key === true) return printKeys(found, await publicKeysOf(flags, command))
      if (flags.json === true) return printJson(found)
      if (found.length === 0) throw new CommandFault('no chain has a checkpoint yet')
      print(found.map(({ note }) => note.trimEnd()).join('\n\n'))
    })
}

async function newest(directory: string): Promise<readonly Checkpoint[]> {
  const all = await Promise.all(
    (await chainsIn(directory)).map((chain) => latestCheckpoint(auditReader(chain.directory))),
  )
  return all.filter((one) => one !== null)
}

function printKeys(found: readonly Checkpoint[], publicKeys: readonly KeyObject[]): void {
  for (const key of publicKeys) {
    for (const { origin } of found) print(`# ${verifierKey(origin, key)}`)
    print(key.export({ type: 'spki', format: 'pem' }).toString().trimEnd())
  }
}
