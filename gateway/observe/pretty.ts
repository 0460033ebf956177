const LEVELS: Readonly<Record<number, string>> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR' }

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** One JSON line of pino as a line for people: time, level, event, then `name=value`. */
export function prettyLine(line: string): string {
  const record: unknown = JSON.parse(line)
  if (typeof record !== 'object' || record === null) return line
  const { time, level, msg, ...fields } = record as Readonly<Record<string, unknown>>
  const clock = typeof time === 'string' ? time.slice(11, 23) : ''
  const weight = typeof level === 'number' ? (LEVELS[level] ?? String(level)) : ''
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${shown(value)}`)
  return `${[clock, weight.padEnd(5), shown(msg ?? ''), ...rest].join(' ')}\n`
}
