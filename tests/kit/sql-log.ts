/** What a database was really asked, read from its own log. */

const ENTRY = /^\S+ \S+ \S+ \[\d+\] LOG: {2}(?:statement|execute [^:]+): (.*(?:\n\t.*)*)/gm

const WORDS = new Set(
  `select from where in and or not is null as distinct all any on using join inner left right full outer cross lateral
   group by order having limit offset asc desc case when then else end true false union with between like ilike cast
   text integer boolean nulls first last array`.split(/\s+/),
)

/**
 * The columns that each `select` on a table named in PostgreSQL's log (`log_statement = all`), one set a statement, in
 * order. A star, or the row as a whole, is the column `*`.
 * @param since offset in the log from which to read: its length before the request under test
 */
export function columnsRead(log: string, since: number, table = 'czrk_jbxx'): Set<string>[] {
  return [...log.slice(since).matchAll(ENTRY)]
    .map((entry) => entry[1] ?? '')
    .filter((sql) => /^\s*(select|with)\b/i.test(sql) && tokens(sql).some((token) => token.name === table))
    .map((sql) => columnsOf(sql))
}

/** Every column that a statement names, in whatever place. */
export function columnsOf(sql: string): Set<string> {
  const list = tokens(sql)
  const tables = tableNames(list)
  const columns = new Set<string>()
  for (const [at, token] of list.entries()) {
    const [before, after] = [list[at - 1]?.text, list[at + 1]?.text]
    if (token.text === '*') columns.add('*')
    else if (token.name === null || after === '(' || after === '.') continue
    else if (before === 'as' || before === ')' || isTablePlace(before)) continue
    else if (tables.has(token.name)) {
      // The alias that follows its table is a name; anywhere else it stands for the whole row.
      if (!isTablePlace(list[at - 2]?.text)) columns.add('*')
    } else columns.add(token.name)
  }
  return columns
}

interface Token {
  readonly text: string
  /** The identifier, or null for words of SQL and signs. */
  readonly name: string | null
}

function tokens(sql: string): readonly Token[] {
  const plain = sql.replaceAll(/'(?:[^']|'')*'/g, ' ').replaceAll(/\$\d+|::\w+|--.*$/gm, ' ')
  return [...plain.matchAll(/"((?:[^"]|"")+)"|([A-Za-z_]\w*)|([*(),.=])/g)].map(([text, quoted, bare]) => {
    if (quoted !== undefined) return { text, name: quoted }
    const word = bare?.toLowerCase() ?? null
    return { text: word ?? text, name: word === null || WORDS.has(word) ? null : word }
  })
}

function isTablePlace(word: string | undefined): boolean {
  return word === 'from' || word === 'join'
}

/** Tables and their aliases. */
function tableNames(list: readonly Token[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [at, token] of list.entries()) {
    if (!isTablePlace(token.text)) continue
    const next = list[at + 2]?.text === 'as' ? list[at + 3] : list[at + 2]
    for (const name of [list[at + 1]?.name, next?.name]) if (name) names.add(name)
  }
  return names
}
