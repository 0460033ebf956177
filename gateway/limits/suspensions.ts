/** Officers who may not ask at present. A port: dated events in a file, shared by the processes of one folder. */
export interface Suspensions {
  isSuspended(department: string, officer: string): boolean
  /**
   * Suspends at once in this process and, within a second, in those that share the events. Who is suspended already
   * stays so, under the reason first given.
   *
   * @param reason a sentence of our own for the operator: no number, no name
   */
  suspend(who: { readonly department: string; readonly officer: string }, reason: string): Promise<void>
}
