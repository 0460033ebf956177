/** Fewest subjects of a published group (ZS-5.09): a department may ask for more, never for fewer. */
export const MINIMUM_GROUP = 10

/** Most dimensions of one table, those that it is filtered by among them. */
export const MOST_DIMENSIONS = 3
