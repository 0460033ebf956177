import { useGraphiQL } from '@graphiql/react'
import { useEffect } from 'react'

const OPTIONS = {
  // Tokens and comments are longer than a pane is wide.
  wordWrap: 'on',
  // Chinese punctuation is not an impostor of Latin punctuation here.
  unicodeHighlight: { ambiguousCharacters: false },
} as const

/** Gives GraphiQL's editors the options that it has no setting for. */
export function EditorManners() {
  const query = useGraphiQL((state) => state.queryEditor)
  const variables = useGraphiQL((state) => state.variableEditor)
  const headers = useGraphiQL((state) => state.headerEditor)
  const response = useGraphiQL((state) => state.responseEditor)
  useEffect(() => {
    for (const editor of [query, variables, headers, response]) editor?.updateOptions(OPTIONS)
  }, [query, variables, headers, response])
  return null
}
