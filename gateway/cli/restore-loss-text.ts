import type { Text } from '../vocabulary/codes.ts'
import type { Loss } from './restore-loss.ts'

/**
 * What is lost of a restored chain, in sentences, with the warning not to write it on unless surely nothing is.
 *
 * @param loss null where no checkpoint kept elsewhere was named
 * @param time of the last record in the backup
 */
export function lossText(loss: Loss | null, time: string): readonly Text[] {
  if (loss === null) return [unasked(time), UNLESS_ALL]
  switch (loss.kind) {
    case 'unknown':
      return [OLDER, UNLESS_ALL]
    case 'other-chain':
      return [OTHER, ELSEWHERE]
    case 'lost':
      return loss.records === 0 ? [NOTHING] : [lost(loss, time), ELSEWHERE]
  }
}

function unasked(time: string): Text {
  return {
    zh: `${time} 之后的记录不在备份中;用 --checkpoint 或 --anchors 可知缺多少`,
    en: `records after ${time} are not in the backup; --checkpoint or --anchors tells how many there were`,
  }
}

function lost({ from, to, records, until }: Extract<Loss, { kind: 'lost' }>, time: string): Text {
  return {
    zh: `缺失第 ${from}–${to} 条,共 ${records} 条记录(${time} 至 ${until} 的检查点)`,
    en: `lost: records ${from}–${to}, ${records} in all (from ${time} to the checkpoint of ${until})`,
  }
}

const OLDER: Text = {
  zh: '另存的检查点早于备份,或属于别的链:备份之后写过什么,无从得知',
  en: 'the kept checkpoints are older than the backup, or of other chains: they tell nothing of what was written behind it',
}

const OTHER: Text = {
  zh: '另存的检查点与该链不符:两者之一被重写,或分叉',
  en: 'a kept checkpoint is of another chain of the same name: one of both was rewritten, or the chain forked',
}

const NOTHING: Text = {
  zh: '与已知最新的检查点相比没有缺失',
  en: 'nothing is lost up to the newest known checkpoint',
}

/** Other records would get the lost ones' numbers, and every second place would tell of a fork, rightly. */
const ELSEWHERE: Text = {
  zh: '不要续写这条链:为网关另设 audit.directory 和 audit.replica,原链保留备查(docs/backup.md)',
  en: 'do not write this chain on: give the gateway another audit.directory and audit.replica, and keep this one as it is (docs/backup.md)',
}

const UNLESS_ALL: Text = {
  zh: '除非确知备份之后没有写过记录,不要续写这条链:为网关另设 audit.directory 和 audit.replica(docs/backup.md)',
  en: 'unless it is certain that nothing was written behind the backup, do not write this chain on: give the gateway another audit.directory and audit.replica (docs/backup.md)',
}
