import { Failure } from '../../gateway/vocabulary/failure.ts'
import type { Register, Source } from './register.ts'

/** One of a department's systems, and the registers that it holds. */
export interface SourcePart {
  /** What operators call the system, in health. */
  readonly name: string
  readonly registers: readonly Register[]
  readonly source: Source
}

/**
 * Several systems of one department as one source: each register is asked of the system that holds it, and has that
 * system's time. One that is down takes the fields of no other with it; the health of the department is that of all.
 */
export function combinedSource(parts: readonly SourcePart[]): Source {
  const of = (register: Register): Source => {
    const part = parts.find(({ registers }) => registers.includes(register))
    if (part === undefined) throw new Failure('INTERNAL', { detail: `No system holds ${register.type}` })
    return part.source
  }
  const able = <K extends 'list' | 'count'>(register: Register, what: K): NonNullable<Source[K]> => {
    const { [what]: ability } = of(register)
    if (ability === undefined)
      throw new Failure('INTERNAL', { detail: `The system of ${register.type} cannot ${what}` })
    return ability
  }
  return {
    fetch: async (lookup) => of(lookup.register).fetch(lookup),
    list: async (page) => able(page.register, 'list')(page),
    count: async (lookup) => able(lookup.register, 'count')(lookup),
    // Each is asked for its own places: of the others it would say that they are missing.
    async describe(needed) {
      const missing = await Promise.all(
        parts.map(async ({ registers, source }) => {
          const places = needed.filter(({ at }) => registers.some((register) => register.at === at))
          return (await source.describe?.(places)) ?? []
        }),
      )
      return missing.flat()
    },
    asOf: async (register) => of(register).asOf(register),
    async health() {
      const found = await Promise.all(parts.map(async ({ name, source }) => ({ name, ...(await source.health()) })))
      const detail = found.map((one) => `${one.name}: ${one.detail}`).join(' | ')
      return { ok: found.every(({ ok }) => ok), detail }
    },
    async close() {
      await Promise.all(parts.map(({ source }) => source.close()))
    },
  }
}
