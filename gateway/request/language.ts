import type { Language } from '../vocabulary/codes.ts'
import { remember } from '../vocabulary/remember.ts'

/** The user's language from Accept-Language (RFC 9110): Chinese unless English is preferred. */
export function languageOf(header: string | undefined): Language {
  return header === undefined ? 'zh-CN' : preferred(header)
}

const preferred = remember((header: string): Language => {
  const ranges = header.split(',').map((range) => {
    const [tag = '', quality = ''] = range.trim().split(';')
    const weight = Number(/^\s*q=(\d(?:\.\d+)?)\s*$/.exec(quality)?.[1] ?? 1)
    return { tag: tag.toLowerCase(), weight }
  })
  const best = (prefix: string): number =>
    Math.max(
      0,
      ...ranges.filter(({ tag }) => tag === prefix || tag.startsWith(`${prefix}-`)).map(({ weight }) => weight),
    )
  return best('en') > best('zh') ? 'en' : 'zh-CN'
})
