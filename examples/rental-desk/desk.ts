import { randomUUID } from 'node:crypto'
import { ask } from './client.ts'
import type { Refusal, Session } from './client.ts'
import { DeskCheck, VerifyCertificate } from './generated.ts'
import type { DeskCheckQuery, MaterialStatus } from './generated.ts'

/** What the clerk does about one material. */
export type Standing = 'FETCHED' | 'VERIFIED' | 'TO_VERIFY' | 'NEEDED' | 'LATER' | 'REFUSED'

/** One line of the desk. */
export interface MaterialLine {
  readonly title: string
  readonly standing: Standing
  /** Values to look at, by their names; masked where they must be. */
  readonly shown: readonly string[]
  /** What the gateway tells the clerk to do. */
  readonly text: string
}

/** The case, as the desk sees it. */
export interface Desk {
  readonly title: string
  readonly materials: readonly MaterialLine[]
  readonly refusals: readonly Refusal[]
  /** Receipts to be kept in the file of the case. */
  readonly receipts: readonly string[]
  readonly traceparent: string
}

const CERTIFICATE = 'DisabilityCertificate.disabilityCertificateNumber'

/** How the desk says what the gateway says of a material. */
const STANDINGS = {
  OBTAINED: 'FETCHED',
  VERIFIABLE: 'TO_VERIFY',
  // The source is silent for now: the citizen must not be sent for what the city holds (ZS-3.01).
  UNAVAILABLE: 'LATER',
  TO_BE_APPLIED_FOR: 'NEEDED',
  TO_BE_ASKED: 'NEEDED',
} as const satisfies Record<MaterialStatus, Standing>

/**
 * What the matter needs of a person, and where each material stands.
 *
 * @param number resident ID number
 * @param certificate number of the disability certificate that the person shows, to be verified; or null
 */
export async function openCase(session: Session, number: string, certificate: string | null): Promise<Desk> {
  const person = { idDocumentType: 'RESIDENT_ID', idDocumentNumber: number } as const
  const checked = await ask(session, DeskCheck, { person })
  const desk = checked.data?.deskCheck ?? null
  const materials = (desk?.materials ?? []).map(lineOf)
  const receipts = checked.receipt === null ? [] : [checked.receipt]
  const opened = {
    title: desk?.matterTitle ?? '',
    materials,
    refusals: checked.refusals,
    receipts,
    traceparent: checked.traceparent,
  }
  if (certificate === null || desk === null) return opened
  const item = { coordinate: CERTIFICATE, claimed: certificate }
  // One key for one press of the button: sent again after a lost connection, it is counted once.
  const input = { idempotencyKey: randomUUID(), rows: [{ person, items: [item] }] }
  const verified = await ask(session, VerifyCertificate, { input })
  const row = verified.data?.verifyItems?.rows?.[0]
  const matches = row?.items?.[0]?.outcome === 'MATCH'
  return {
    ...opened,
    materials: matches
      ? materials.map((line) => (isOfCertificate(desk, line.title) ? { ...line, standing: 'VERIFIED' } : line))
      : materials,
    refusals: [...checked.refusals, ...verified.refusals],
    receipts: [...receipts, ...(verified.receipt === null ? [] : [verified.receipt])],
  }
}

type Checked = NonNullable<DeskCheckQuery['deskCheck']>
type Material = NonNullable<Checked['materials']>[number]

function lineOf({ title, status, text, items }: Material): MaterialLine {
  const shown = (items ?? []).flatMap((item) => {
    const values = [...new Set((item.values ?? []).filter((value) => value !== null))]
    return values.length === 0 ? [] : [`${item.title ?? ''}: ${values.join(', ')}`]
  })
  return { title: title ?? '', standing: status === null ? 'REFUSED' : STANDINGS[status], shown, text: text ?? '' }
}

function isOfCertificate({ materials }: Checked, title: string): boolean {
  const material = materials?.find((one) => one.title === title)
  return material?.items?.some(({ coordinate }) => coordinate === CERTIFICATE) ?? false
}
