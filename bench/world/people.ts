import { generate } from '../../city/generate.ts'

/** Which of the synthetic cities it is. */
export const SEED = 20_260_601

/** Numbers of the city's residents. */
export function residents(people: number): readonly string[] {
  return [...generate({ people, seed: SEED })].flatMap(({ document }) =>
    document.idDocumentType === 'RESIDENT_ID' ? [document.idDocumentNumber] : [],
  )
}
