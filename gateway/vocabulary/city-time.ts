/** Milliseconds by which the city's clock is ahead of UTC: +08:00, without summer time. */
export const CITY_OFFSET = 8 * 3_600_000
