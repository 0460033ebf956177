import { Failure } from '../../../gateway/vocabulary/failure.ts'

/** Tags in one reply at most: a thousand subjects with all their fields have a tenth of it. */
const MOST_TAGS = 500_000

/**
 * Refuses what no honest SOAP reply has, before any of it is parsed: a document type (entities that name files or grow
 * without end), another root than an envelope, more tags than rows could have, and references whose names a JavaScript
 * object has by itself.
 *
 * @throws Failure `SOURCE_INVALID`
 */
export function guardEnvelope(xml: string): void {
  guardXml(xml)
  if (!opens(xml, afterBlank(xml, 0), ENVELOPE)) throw invalid('is no SOAP envelope')
  const body = BODY.exec(xml)
  // The package gives the envelope itself for one without a body, as if that were the answer.
  if (body === null || !opens(xml, afterBlank(xml, body.index + body[0].length), ELEMENT))
    throw invalid('is an empty envelope')
}

const ENVELOPE = /<(?:[\w-]+:)?Envelope[\s>]/y
const BODY = /<(?:[\w-]+:)?Body(?:\s[^<>]*)?>/
const ELEMENT = /<[^/!?]/y

function opens(xml: string, at: number, what: RegExp): boolean {
  what.lastIndex = at
  return what.test(xml)
}

/** The place after spaces and comments. Not one expression for both: some texts would keep that busy for years. */
function afterBlank(xml: string, from: number): number {
  let at = from
  for (;;) {
    SPACES.lastIndex = at
    SPACES.test(xml)
    at = SPACES.lastIndex
    if (!xml.startsWith('<!--', at)) return at
    const end = xml.indexOf('-->', at + 4)
    if (end < 0) return at
    at = end + 3
  }
}

const SPACES = /\s*/y

/** The same for XML that is no envelope, such as a text inside one; throws `SOURCE_INVALID`. */
export function guardXml(xml: string): void {
  // SOAP forbids a document type (SOAP 1.1, 3), and so do we wherever the word stands.
  if (/<!(?!--|\[CDATA\[)/.test(xml)) throw invalid('declares a document type or entities')
  let tags = 0
  for (let at = xml.indexOf('<'); at >= 0; at = xml.indexOf('<', at + 1)) {
    tags += 1
    if (tags > MOST_TAGS) throw invalid(`has more than ${MOST_TAGS} tags`)
  }
  for (const [, , name = ''] of xml.matchAll(/\s(?:id|href)\s*=\s*(["'])([^"']*)\1/g)) {
    // The parser keeps references in a plain object, by these names.
    if (!/^#?[A-Za-z][\w.:-]{0,127}$/.test(name) || name.replace('#', '') in {})
      throw invalid('has an unusual reference')
  }
}

/** XML without its declaration: it is a text by now, and its character set is over. */
export function withoutDeclaration(xml: string): string {
  return xml.replace(/^\uFEFF?\s*<\?xml[^>]*\?>/, '')
}

function invalid(what: string): Failure {
  return new Failure('SOURCE_INVALID', { detail: `The reply ${what}` })
}
