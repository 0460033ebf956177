/**
 * Where Monaco finds its workers: files beside this one, same origin, so that the page needs neither `blob:` workers
 * nor any outside address. The build replaces the identifier by the hashed names of the workers it bundled.
 */
declare const CONSOLE_WORKERS: Readonly<Record<'editor' | 'graphql' | 'json', string>>

function fileOf(label: string): string {
  if (label === 'graphql') return CONSOLE_WORKERS.graphql
  if (label === 'json') return CONSOLE_WORKERS.json
  return CONSOLE_WORKERS.editor
}

Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker: (_id: string, label: string) => new Worker(new URL(fileOf(label), import.meta.url), { name: label }),
  },
})
