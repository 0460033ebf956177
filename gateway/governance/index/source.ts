/** Port: the folder of one chain, as the index reads it. gateway/adapters/governance-chains.ts is the real one. */
export interface ChainSource {
  /** Who writes it, for people: host and process. */
  readonly replica: string
  /** Names of the files in it. Rejects where the folder is gone. */
  list(): Promise<readonly string[]>
  /** Bytes of a file from an offset on, fewer than asked for at its end. Rejects where the file is gone. */
  read(name: string, offset: number, length: number): Promise<Uint8Array>
  /** Length of a file. */
  size(name: string): Promise<number>
}
