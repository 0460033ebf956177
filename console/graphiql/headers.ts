/** What the headers in force say about the caller: for the top bar only, the gateway alone verifies. */
export interface Standing {
  /** False when the header editor holds no JSON object. */
  readonly readable: boolean
  readonly department: string | null
  readonly application: string | null
  readonly officer: string | null
  readonly matter: string | null
  readonly case: string | null
}

const COMMENT_OR_STRING = /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g
const TRAILING_COMMA_OR_STRING = /("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g

/**
 * Reads the header editor's text: a JSON object whose comments and trailing commas are overlooked, as GraphiQL does.
 * Empty values, and a scheme without its token, are what the template leaves open: they are not sent.
 * @throws SyntaxError where the text is no JSON object.
 */
export function parseHeaders(text: string): Readonly<Record<string, string>> {
  const keepStrings = (_match: string, quoted: string | undefined) => quoted ?? ''
  const json = text.replace(COMMENT_OR_STRING, keepStrings).replace(TRAILING_COMMA_OR_STRING, keepStrings)
  if (json.trim() === '') return {}
  const parsed: unknown = JSON.parse(json)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new SyntaxError('Not a JSON object')
  return filled(parsed)
}

/** Leaves out headers without a value. */
export function filled(headers: object): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), String(value ?? '').trim()] as const,
  )
  return Object.fromEntries(entries.filter(([, value]) => value !== '' && value.toLowerCase() !== 'bearer'))
}

function claimsOf(authorization: string | undefined): Readonly<Record<string, unknown>> {
  const payload = authorization?.split('.')[1]
  if (payload === undefined) return {}
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    )
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof claims === 'object' && claims !== null ? { ...claims } : {}
  } catch {
    // Not a JWT, or not one that can be read here: the gateway will say so.
    return {}
  }
}

const NOTHING = { department: null, application: null, officer: null, matter: null, case: null }

/** The standing that the header editor's text claims. */
export function standingOf(text: string): Standing {
  let headers: Readonly<Record<string, string>>
  try {
    headers = parseHeaders(text)
  } catch {
    return { readable: false, ...NOTHING }
  }
  const claims = claimsOf(headers['authorization'])
  const claim = (name: string): string | null => {
    const value = claims[name]
    return typeof value === 'string' ? value : null
  }
  return {
    readable: true,
    department: claim('dept'),
    application: claim('app'),
    officer: claim('name') ?? claim('sub'),
    matter: headers['x-matter'] ?? null,
    case: headers['x-case'] ?? null,
  }
}
