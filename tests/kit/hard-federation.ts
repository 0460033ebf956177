import type { TestDepartment } from './federation.ts'

/** So many departments share the type of each record. */
const DEPARTMENTS = 9

const numbers = Array.from({ length: DEPARTMENTS }, (_, index) => index)

/**
 * Departments that all share one type and know it by three keys each, so that there are countless ways from one to the
 * next: `HARD` is planned for a minute. `EASY` is another matter, of one department.
 */
export const HARD_FEDERATION: readonly TestDepartment[] = numbers.map((index) => {
  const keys = [index, (index + 1) % DEPARTMENTS, (index + 3) % DEPARTMENTS].map((one) => `k${one}`)
  return {
    name: `d${index}`,
    sdl: `
      type Query { root: Node @shareable easy${index}: String }
      type Node ${keys.map((key) => `@key(fields: "${key}")`).join(' ')} {
        ${keys.map((key) => `${key}: ID! @shareable`).join(' ')}
        next: Node @shareable
        own${index}: String
      }`,
    resolvers: { Query: { [`easy${index}`]: () => 'easy' } },
  }
})

export const EASY = '{ easy0 }'
export const ALSO_EASY = '{ easy1 }'
export const HARD = '{ root { next { own0 own1 own2 } } }'
export const ALSO_HARD = '{ root { next { own3 own4 own5 } } }'
