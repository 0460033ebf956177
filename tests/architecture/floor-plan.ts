import { ROOMS } from './doors.ts'
import type { Room } from './doors.ts'

/** The page docs/floor-plan.md, printed from the table of doors. */
export function printFloorPlan(): string {
  const floors = [...new Set(ROOMS.flatMap((room) => (room.floor === null ? [] : [room.floor])))].sort((a, b) => b - a)
  const inside = floors.flatMap((floor) => rows(ROOMS.filter((room) => room.floor === floor)))
  const beside = rows(ROOMS.filter((room) => room.floor === null))
  return [
    '# Floor plan',
    '',
    '<!-- Printed from tests/architecture/doors.ts by `npm run generate`; do not edit. -->',
    '',
    'Which room of the house may import from which. A file may always import from its own room; every other import',
    'needs a door in this table, type imports included. A test reads every file and fails with the reason.',
    '',
    '## The gateway, top floor first',
    '',
    ...HEAD,
    ...inside,
    '',
    '## Beside the house',
    '',
    ...HEAD,
    ...beside,
    '',
    'Rooms marked *pure* import nothing that reaches disk, network, processes or logs; *alone* imports nothing at all.',
    '',
  ].join('\n')
}

const HEAD = ['| floor | room | holds | may import | because |', '| --- | --- | --- | --- | --- |']
const OUTSIDE: Readonly<Record<Room['outside'], string>> = { all: '', pure: ' *(pure)*', none: ' *(alone)*' }

function rows(rooms: readonly Room[]): readonly string[] {
  return rooms.map((room) => {
    const doors = room.may.map((name) => name.replace('gateway/', '')).join(', ') || '–'
    return `| ${room.floor ?? '–'} | \`${room.name}\`${OUTSIDE[room.outside]} | ${room.purpose} | ${doors} | ${room.reason} |`
  })
}
