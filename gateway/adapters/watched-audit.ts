import type { AuditLog } from '../audit/audit-log.ts'
import { tellReadings } from '../observe/gather.ts'

/** The audit log, with how much room is promised told to whoever looks; until the returned log is closed. */
export function watchedAudit(audit: AuditLog): AuditLog {
  const promised = new Set<unknown>()
  const stop = tellReadings(() => [{ name: 'gongxiang_audit_reservations', value: promised.size }])
  const noted = <T>(reservation: T): T => {
    promised.add(reservation)
    return reservation
  }
  return {
    findings: audit.findings,
    reserve() {
      const reservation = audit.reserve()
      return reservation instanceof Promise ? reservation.then(noted) : noted(reservation)
    },
    append(reservation, entry) {
      promised.delete(reservation)
      return audit.append(reservation, entry)
    },
    release(reservation) {
      promised.delete(reservation)
      audit.release(reservation)
    },
    health: () => audit.health(),
    close() {
      stop()
      return audit.close()
    },
  }
}

/** The audit log, which tells of each record that it is durable. */
export function toldAudit(audit: AuditLog, durable: (seq: number) => void): AuditLog {
  return {
    findings: audit.findings,
    reserve: () => audit.reserve(),
    async append(reservation, entry) {
      const tip = await audit.append(reservation, entry)
      durable(tip.seq)
      return tip
    },
    release: (reservation) => audit.release(reservation),
    health: () => audit.health(),
    close: () => audit.close(),
  }
}
