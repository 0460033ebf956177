import type { MaskRule, MaskSet } from './decision.ts'
import { checkDigit } from './id-number.ts'

/*
 * How many resident numbers are left for one person, given what is shown of the number and known of the person
 * (R809-25). A number is division (6), birth date (8), sequence 001–999 (3, odd for men) and a check character.
 */

/** What a mask shows of a resident number: so many characters at its beginning (0–6, or all 18) and at its end (0–4). */
export interface Shown {
  readonly head: number
  readonly tail: number
}

const NOTHING: Shown = { head: 0, tail: 0 }
const WHOLE: Shown = { head: 18, tail: 0 }

const SHOWN: Readonly<Record<MaskSet, Partial<Readonly<Record<MaskRule, Shown>>>>> = {
  strict: {
    'M-NONE': WHOLE,
    'M-IDNO': { head: 3, tail: 0 },
    'M-IDNO-2': { head: 2, tail: 0 },
    'M-NO': { head: 0, tail: 3 },
  },
  hutool: {
    'M-NONE': WHOLE,
    'M-IDNO': { head: 1, tail: 2 },
    'M-IDNO-2': { head: 2, tail: 0 },
    'M-NO': { head: 0, tail: 3 },
  },
}

/** What a rule of a set shows of a value that is, or ends in, a resident number; a test holds it to the rules. */
export function shownOfIdNumber(set: MaskSet, rule: MaskRule): Shown {
  return SHOWN[set][rule] ?? NOTHING
}

/** What is known of the person beside the masked number. */
export interface Knowledge {
  /** The division of first registration, taken to be the one that is told. */
  readonly division: 'COUNTY' | 'CITY' | null
  readonly birth: 'DATE' | 'YEAR' | null
  readonly sex: boolean
}

/** How many six-digit division parts there are, at least, where so much is known of them. */
export interface Territory {
  readonly nation: number
  /** One digit: a part of the country. */
  readonly region: number
  /** Two digits. */
  readonly province: number
  /** Three digits: ten cities of a province at most. */
  readonly threeDigits: number
  /** Four digits. */
  readonly city: number
}

/**
 * The fewest, so that nobody has fewer candidates than are counted: 2,843 units at county level at the end of 2022,
 * rounded down; the north-east (2…) is the smallest region of the mainland, Beijing, Tianjin and Shanghai have 16
 * districts each; 442 is Zhongshan alone, and Zhongshan and Dongguan have no counties. The residence permit numbers of
 * Hong Kong, Macao and Taiwan (81–83) have one division part each and are not counted for.
 */
const FEWEST: Territory = { nation: 2_800, region: 280, province: 16, threeDigits: 1, city: 1 }

/** The candidates that are left, at worst, and their factors. */
export interface Candidates {
  readonly candidates: number
  readonly divisions: number
  readonly dates: number
  /** Sequence numbers that fit what is shown of them, and the sex. */
  readonly sequences: number
  /** The check character shows: it leaves about one in eleven. */
  readonly checked: boolean
}

/** Counts the candidates. Exact for one division; for several a lower bound, near the mean. */
export function countCandidates(shown: Shown, known: Knowledge, territory: Territory = FEWEST): Candidates {
  if (shown.head >= 18) return { candidates: 1, divisions: 1, dates: 1, sequences: 1, checked: false }
  const divisions = Math.min(divisionsByHead(shown.head, territory), divisionsKnown(known.division, territory))
  const dates = residuesOfDates(known.birth)
  const groups = sequenceGroups(shown.tail, known.sex)
  const sequences = Math.min(...groups.map((group) => total(group)))
  const checked = shown.tail > 0
  const fewest = checked ? Math.min(...groups.map((group) => fewestOfOneCheck(group, dates))) : total(dates) * sequences
  return { candidates: divisions * fewest, divisions, dates: total(dates), sequences, checked }
}

function divisionsByHead(head: number, territory: Territory): number {
  const { nation, region, province, threeDigits, city } = territory
  return [nation, region, province, threeDigits, city, city][head] ?? 1
}

function divisionsKnown(known: Knowledge['division'], territory: Territory): number {
  if (known === null) return territory.nation
  return known === 'CITY' ? territory.city : 1
}

/** How many things fall on each of the eleven check characters. */
type Residues = readonly number[]

const CHECKS = '10X98765432'

/** What a part of the number, with zeros for the rest, adds to the weighted sum. */
function residueOf(date: string, sequence: string): number {
  return CHECKS.indexOf(checkDigit(`000000${date}${sequence}`))
}

function tally(residues: readonly number[]): Residues {
  return residues.reduce<number[]>((counts, residue) => {
    counts[residue] = (counts[residue] ?? 0) + 1
    return counts
  }, Array<number>(11).fill(0))
}

function total(counts: Residues): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Birth dates of the living, at most a hundred years back. Which hundred does not matter to the count. */
const FIRST_YEAR = 1926
const YEARS = 100
const DAY = 86_400_000

const tallies = new Map<Knowledge['birth'], Residues>()

/** A known date shifts every check character alike, and so does the year: only what varies counts. */
function residuesOfDates(known: Knowledge['birth']): Residues {
  const counted = tallies.get(known)
  if (counted) return counted
  const first = Date.UTC(FIRST_YEAR, 0, 1)
  // A year that is no leap year has the fewest days; 1926 is none.
  const days = { DATE: 1, YEAR: 365, unknown: (Date.UTC(FIRST_YEAR + YEARS, 0, 1) - first) / DAY }[known ?? 'unknown']
  const dates = Array.from({ length: days }, (_, day) => new Date(first + day * DAY).toISOString().slice(0, 10))
  const counts = tally(dates.map((date) => residueOf(date.replaceAll('-', ''), '000')))
  tallies.set(known, counts)
  return counts
}

const SEQUENCES = Array.from({ length: 999 }, (_, at) => String(at + 1).padStart(3, '0'))

/** Sequence numbers by what is shown of them and, where it is known, by sex: somebody is in the smallest group. */
function sequenceGroups(tail: number, sex: boolean): readonly Residues[] {
  const digits = Math.min(Math.max(tail - 1, 0), 3)
  const sexOf = (sequence: string): string => (sex ? String(Number(sequence) % 2) : '')
  const groups = Map.groupBy(SEQUENCES, (sequence) => sexOf(sequence) + sequence.slice(3 - digits))
  return [...groups.values()].map((group) => tally(group.map((sequence) => residueOf('00000000', sequence))))
}

/** Of all pairs of sequence and date, those of the rarest check character that somebody can have. */
function fewestOfOneCheck(sequences: Residues, dates: Residues): number {
  const pairs = Array.from({ length: 11 }, (_, check) =>
    dates.reduce((sum, count, at) => sum + count * (sequences[(check - at + 11) % 11] ?? 0), 0),
  )
  return Math.min(...pairs.filter((count) => count > 0))
}
