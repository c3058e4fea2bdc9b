/** Binds every action to the ports. The one place where the core is put together. */
import type { Core } from './core.ts'
import type { CoreDeps } from './deps.ts'

/**
 * Each part is a factory `(deps, core) => part`; `core` is filled while this runs, so parts may use
 * each other when called, not while they are made.
 */
export function createCore(deps: CoreDeps): Core {
  void deps
  throw new Error('filled in by the lead as the parts land')
}
