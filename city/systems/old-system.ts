import type { IncomingMessage, ServerResponse } from 'node:http'

/** An old system that is asked over HTTP. */
export interface OldSystem {
  /** Where it is mounted: department code, then `rest` or `soap`. */
  readonly path: `${string}/${'rest' | 'soap'}`
  /** Opens it over its data below the city's directory. Rejects where these are missing. */
  open(directory: string): Promise<OpenOldSystem>
}

/** A running one. */
export interface OpenOldSystem {
  /** Answers one call; `request.url` is that below its mount, and begins with a slash. Never rejects. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): Promise<void>
}
