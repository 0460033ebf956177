import type { StoreAddress } from '../governance/store/store.ts'
import type { Found } from '../governance/index/found.ts'
import type { Lag } from '../governance/index/observer.ts'
import type { AlarmNotice } from '../observe/channels.ts'
import type { AlarmData } from './alarm-data.ts'

/** What the observer's thread is started with. */
export interface ObserverData {
  readonly address: StoreAddress
  /** Folder of the audit record: of one chain, or of a numbered folder for each. */
  readonly directory: string
  /** One number: up to which record the one writer of this process has said that they are durable; 0 for none. */
  readonly acknowledged: SharedArrayBuffer
  /** Null: no alarms are raised. */
  readonly alarms: AlarmData | null
}

/** What the thread says. */
export type FromObserver =
  | { readonly kind: 'status'; readonly ok: boolean; readonly lags: readonly Lag[] }
  /** The store or the disk fails, told once; `code` is the driver's. */
  | { readonly kind: 'failing'; readonly code: string | null }
  | { readonly kind: 'recovered' }
  | { readonly kind: 'found'; readonly chain: string; readonly found: Found }
  | { readonly kind: 'alarm'; readonly notice: AlarmNotice }
  /** Something of the alarms failed; the index goes on. */
  | { readonly kind: 'trouble'; readonly where: string; readonly code: string | null }

/** What the thread is told. */
export interface ToObserver {
  /** Copies what is left, and ends. */
  readonly kind: 'stop'
}
