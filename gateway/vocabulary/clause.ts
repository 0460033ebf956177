/**
 * A clause of a sharing regulation, the only accepted reason for a rule of sharing:
 * ZS Zhongshan, HZ Huizhou, NT Nantong, FS Fushun, ZJ Zhejiang, R809 State Council decree 809.
 */
export type Clause = `${'ZS' | 'HZ' | 'NT' | 'FS' | 'ZJ' | 'R809'}-${string}`

const SHAPE = /^(ZS|HZ|NT|FS|ZJ|R809)-\d+(\.\d+)?(\(\d+\))?$/

/** Whether a text has the shape of a clause ID, e.g. `ZS-4.01(3)`, `HZ-44.1`, `R809-21`. */
export function isClause(text: string): text is Clause {
  return SHAPE.test(text)
}
