import { useSyncExternalStore } from 'react'
import type { Answer } from './answer.ts'

/** What the panels around GraphiQL share; lives and ends with the page. */
export interface PageState {
  readonly headersText: string
  /** The headers of the schema on show; null before the first introspection. */
  readonly schemaHeaders: string | null
  /** Last answer of each tab, by tab ID. */
  readonly answers: ReadonlyMap<string, Answer>
  readonly activeTab: string
  /** The code that the codes panel shows first. */
  readonly code: string | null
}

export interface PageStore {
  readonly get: () => PageState
  readonly set: (change: Partial<PageState>) => void
  readonly subscribe: (listener: () => void) => () => void
}

export function createPageStore(headersText: string): PageStore {
  let state: PageState = { headersText, schemaHeaders: null, answers: new Map(), activeTab: '', code: null }
  const listeners = new Set<() => void>()
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change }
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Rerenders the component when the selected part of the page's state changes. */
export function usePage<T>(store: PageStore, select: (state: PageState) => T): T {
  return useSyncExternalStore(store.subscribe, () => select(store.get()))
}

/** The answer of the tab on show, if it has one. */
export function currentAnswer(state: PageState): Answer | null {
  return state.answers.get(state.activeTab) ?? null
}
