/**
 * Opens a panel beside the editors. GraphiQL keeps "which panel" and "whether the pane is hidden" apart, and only its
 * own sidebar buttons change both; so the panel's button is pressed, unless its label says that it is open already.
 */
export function openPanel(title: string): void {
  document.querySelector<HTMLButtonElement>(`.graphiql-sidebar button[aria-label="Show ${title}"]`)?.click()
  // In the narrow layout the panel is above the answer, perhaps out of sight.
  requestAnimationFrame(() => document.querySelector('.graphiql-plugin')?.scrollIntoView({ block: 'nearest' }))
}
