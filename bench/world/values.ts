import type { Kind } from './departments.ts'

/** Values of one field; as many as make two neighbours differ, few enough to be ready as JSON. */
const POOL = 64

/** FNV-1a, 32 bits: the same key has the same values whoever asks. */
export function hashOf(key: string): number {
  let hash = 2_166_136_261
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 16_777_619)
  return hash >>> 0
}

/**
 * The value of a field, as JSON ready to be sent: an upstream of real systems would spend its time there, and here all
 * time must be the gateway's.
 *
 * @returns by the hash of the object's key
 */
export function valueOf(type: string, field: string, kind: Kind): (hash: number) => string {
  const salt = hashOf(`${type}.${field}`)
  const pool = Array.from({ length: POOL }, (_, at) =>
    JSON.stringify(makeValue(kind, (salt + at * 2_654_435_761) >>> 0)),
  )
  return (hash) => pool[((hash ^ salt) >>> 0) % POOL] ?? 'null'
}

const STREETS = ['兴中道', '康乐大街', '中山三路', '博爱五路', '起湾北道', '东明路', '长江路', '岐关西路']
const WORDS = ['APPROVED', 'UNDER_REVIEW', 'COMPLETED', 'SUSPENDED', 'COMMERCIAL', 'RESIDENTIAL', 'INDUSTRIAL']

function makeValue(kind: Kind, seed: number): string | number | boolean {
  const of = (list: readonly string[]): string => list[seed % list.length] ?? ''
  switch (kind) {
    case 'code':
      return `GX-${seed.toString(36).toUpperCase().padStart(8, '0')}`
    case 'name':
      return `${of(STREETS)}${(seed % 900) + 100}号项目 ${seed.toString(36)}`
    case 'address':
      return `中山市东区${of(STREETS)}${(seed % 300) + 1}号${(seed % 30) + 1}栋 ${(seed % 40) + 1}楼`
    case 'word':
      return of(WORDS)
    case 'date':
      return `20${10 + (seed % 16)}-0${1 + (seed % 9)}-${10 + (seed % 18)}`
    case 'count':
      return seed % 10_000
    case 'measure':
      return (seed % 100_000) / 100
    case 'flag':
      return seed % 2 === 0
  }
}
