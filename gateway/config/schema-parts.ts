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

/** A whole number from 1 on. */
export const count = (fallback: number, description: string, max = 1_000_000) =>
  z.int().min(1).max(max).default(fallback).meta({ description })
/** A time in milliseconds, an hour at most. */
export const milliseconds = (fallback: number, description: string) =>
  z.int().min(1).max(3_600_000).default(fallback).meta({ description })
/** A TCP port; 0 takes a free one. */
export const port = z.int().min(0).max(65_535)
/** A text that is never printed. */
export const secret = (description: string) => z.string().min(1).optional().meta({ description, 'x-secret': true })
/** A file or folder; a relative one starts at the file that names it. */
export const path = (description: string) => z.string().min(1).optional().meta({ description, 'x-path': 'working' })
/** The file that holds a secret in place of its value. */
export const secretFile = (name: string) => path(`File that holds \`${name}\`, in place of the value.`)
/** A register of the installation, a YAML file. */
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
