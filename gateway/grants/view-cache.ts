import { LRUCache } from 'lru-cache'
import type { Caller } from '../caller/caller.ts'
import type { Clock } from '../vocabulary/ports.ts'
import type { GrantIndex, GrantSource } from './grant.ts'
import { buildUnionView, buildView } from './view.ts'
import type { Authority, View } from './view.ts'

/** Finds the view of a caller now; never one that a grant's end or a new snapshot has overtaken. */
export interface ViewCache {
  viewOf(caller: Caller): View
  /** The view that introspection answers from: the stated matter's, else the union over all matters. */
  introspectionViewOf(caller: Caller): View
}

/** Distinct (department, application, roles, matter, case-known, emergency) that are kept at once, and bytes of them. */
const KEPT = { max: 2_000, maxSize: 12 * 1024 * 1024 }

/** About as many bytes as a view holds, measured over the demonstration city: the decision and the place of each coordinate. */
function sizeOf({ decisions, parameters }: View): number {
  return 500 + 80 * decisions.size + 500 * parameters.size
}

/** A cache of views over the registers; a new snapshot of grants or matters, or an instant of change, builds anew. */
export function createViewCache(authority: Authority, grants: GrantSource, clock: Clock): ViewCache {
  const views = new LRUCache<string, { readonly view: View; readonly builtAt: number }>(KEPT)
  const shared = new LRUCache<string, View>(KEPT)

  /** Equal vectors share one object, and with it all that is compiled for it. */
  const share = (view: View): View => {
    const known = shared.get(view.id)
    if (known && known.validUntil === view.validUntil) return known
    shared.set(view.id, view, { size: sizeOf(view) })
    return view
  }
  const find = (key: string, build: typeof buildView, caller: Caller): View => {
    const snapshot = grants.current()
    const now = clock.now()
    const full = `${snapshot.version} ${authority.matters.version()} ${emergencyKey(caller, snapshot)} ${key}`
    const known = views.get(full)
    // A clock that was set back may stand before a grant that the view already counts.
    if (known && known.builtAt <= now && now < known.view.validUntil) return known.view
    const view = share(build(authority, caller, snapshot, now))
    views.set(full, { view, builtAt: now }, { size: sizeOf(view) })
    return view
  }
  return {
    viewOf: (caller) => find(`stated ${callerKey(caller, authority)}`, buildView, caller),
    introspectionViewOf: (caller) =>
      caller.matter === null
        ? find(`union ${callerKey(caller, authority)}`, buildUnionView, caller)
        : find(`stated ${callerKey(caller, authority)}`, buildView, caller),
  }
}

/** The stated emergency, and whether the officer is one of those whom it names; invented ones fill no cache. */
function emergencyKey({ emergency: id, officer }: Caller, { emergencies }: GrantIndex): string {
  if (id === null) return ''
  const known = emergencies.get(id)
  return known ? JSON.stringify([id, known.officers.has(officer) ? officer : null]) : 'unknown'
}

/**
 * Everything of a caller that a decision reads, the emergency aside. Of the case only its matter and department count: two cases of
 * one matter share a view. Neither case numbers nor invented matters fill the cache.
 */
function callerKey(caller: Caller, authority: Authority): string {
  const unknown = caller.matter !== null && authority.matters.find(caller.matter) === null
  const matter = unknown ? ['unknown'] : caller.matter
  const file = caller.case === null ? null : authority.cases.find(caller.case)
  const caseFacts = caller.case === null ? 'none' : file === null ? 'unknown' : [file.matter, file.department]
  const who = [caller.department, caller.party, caller.actingFor, caller.application, caller.roles.toSorted()]
  return JSON.stringify([...who, matter, caseFacts])
}
