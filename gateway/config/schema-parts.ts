import { z } from 'zod'

/**
 * What settings are made of. Own metadata: `x-secret` is never printed; `x-path` is a file or folder (relative ones start at
 * the file that names them; a default starts at the `installation` or at the `working` folder); `x-env` replaces the derived
 * variable name.
 */
declare module 'zod' {
  interface GlobalMeta {
    'x-secret'?: boolean
    'x-path'?: 'installation' | 'working'
    'x-env'?: string
  }
}

export const count = (fallback: number, description: string, max = 1_000_000) =>
  z.int().min(1).max(max).default(fallback).meta({ description })
export const milliseconds = (fallback: number, description: string) =>
  z.int().min(1).max(3_600_000).default(fallback).meta({ description })
export const port = z.int().min(0).max(65_535)
export const secret = (description: string) => z.string().min(1).optional().meta({ description, 'x-secret': true })
export const path = (description: string) => z.string().min(1).optional().meta({ description, 'x-path': 'working' })
export const secretFile = (name: string) => path(`File that holds \`${name}\`, in place of the value.`)
export const register = (name: string, holds: string) =>
  z.string().min(1).default(`city/registers/${name}.yaml`).meta({ description: holds, 'x-path': 'installation' })
/** An address shows up in logs, metrics and the state of health: a password has a setting of its own. */
export const webUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http or https address' })
  .refine((text) => !hasUserInfo(text), { error: 'expected an address without a user name or password in it' })

function hasUserInfo(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && (url.username !== '' || url.password !== '')
}
