import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { readDisclosure } from '../adapters/disclosure-file.ts'
import { createIds } from '../adapters/ids.ts'
import { openKeyFiles } from '../adapters/key-files.ts'
import { readRegime } from '../adapters/regime-file.ts'
import { indexResources } from '../catalog/catalog.ts'
import { governanceAddress, keysDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { CITY_NAMES } from '../governance/reports/city-names.ts'
import type { Disclosure } from '../governance/reports/disclosure.ts'
import { issueReport } from '../governance/reports/issue.ts'
import type { Issued, IssueOrder } from '../governance/reports/issue.ts'
import type { JournalSigner } from '../governance/reports/journal.ts'
import { createReportNames } from '../governance/reports/names.ts'
import type { ReportNames } from '../governance/reports/names.ts'
import { officerCodes } from '../governance/reports/officer-codes.ts'
import type { OfficerCode } from '../governance/reports/officer-codes.ts'
import type { LateBefore } from '../governance/reports/provider.ts'
import type { ReportDocument } from '../governance/reports/report.ts'
import { openGovernanceStore } from '../governance/store/store.ts'
import type { GovernanceStore } from '../governance/store/store.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Regime } from '../regime/regime.ts'
import { lateBefore } from '../request/freshness.ts'
import { readRegisters, servedComposition } from '../start/register-check.ts'
import type { Registers } from '../start/register-check.ts'
import { systemClock } from '../vocabulary/ports.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** Everything that a report is made from, open until it is closed. */
export interface ReportDesk {
  readonly store: GovernanceStore
  readonly names: ReportNames
  readonly registers: Registers
  readonly catalog: ReturnType<typeof servedComposition>['catalog']
  readonly regime: Regime
  readonly disclosure: Disclosure
  readonly keys: KeyRing
  readonly lateBefore: LateBefore
  readonly clock: Clock
  officerCodes(reader: string): OfficerCode
  /** @see issueReport */
  issue(document: ReportDocument, order: Omit<IssueOrder, 'at' | 'city' | 'regime'>): Promise<Issued>
  close(): Promise<void>
}

/**
 * Opens the store, the registers, the catalogue and the keys of a configuration; it works beside a running gateway.
 *
 * @throws ConfigFault, KeyFault, StoreFault
 */
export async function openReportDesk(config: Config, clock: Clock = systemClock): Promise<ReportDesk> {
  const registers = readRegisters(config)
  const disclosure = await readDisclosure(config.registers.disclosure)
  const regime = readRegime(join(config.schemaDirectory, 'regimes', `${config.regime}.yaml`))
  const { catalog } = servedComposition(config)
  const keys = await openKeyFiles(keysDirectory(config), config.mode, clock)
  const store = await openGovernanceStore(governanceAddress(config))
  const resources = indexResources(catalog)
  const rule = { regime, realtimeMinutes: config.freshness.realtimeMinutes }
  return {
    store,
    names: createReportNames(catalog, registers.parties, registers.matters),
    registers,
    catalog,
    regime,
    disclosure,
    keys,
    clock,
    lateBefore: (type, now) => {
      const resource = resources.get(type)
      return resource === undefined ? null : lateBefore(rule, resource.updateCycle, now)
    },
    officerCodes: (reader) => officerCodes(oldestViewerKey(keys), reader),
    issue: (document, order) =>
      issueReport({ store, signer: signerOf(keys), ids: createIds(clock) }, document, {
        ...order,
        at: clock.now(),
        city: CITY_NAMES[regime.regime],
        regime: regime.regime,
      }),
    close: () => store.close(),
  }
}

/** By the oldest key that is kept, officers are called the same after a rotation. */
function oldestViewerKey(keys: KeyRing): KeyObject {
  return (keys.usedSecrets('viewer-pseudonym').at(-1) ?? keys.secret('viewer-pseudonym')).key
}

function signerOf(keys: KeyRing): JournalSigner {
  const key = keys.signing('report')
  return { key: key.id, sign: (bytes) => Buffer.from(key.sign(bytes)).toString('base64url') }
}
