import type { IdDocumentType } from './register.ts'

/** Kinds of identity document by GA/T 517, as far as the city registers their holders. */
export const GAT_517 = {
  '111': 'RESIDENT_ID',
  '414': 'PASSPORT',
  '516': 'HMT_PERMIT',
  '551': 'HMT_RESIDENCE_PERMIT',
  '553': 'FOREIGNER_PERMANENT_RESIDENCE',
  '990': 'OTHER',
} as const satisfies Readonly<Record<string, IdDocumentType>>
