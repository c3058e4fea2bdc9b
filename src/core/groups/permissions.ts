/**
 * Open WebUI's permission tree: the defaults of the server (`user.permissions`), over which each group
 * of a person may switch things on. Administrators may everything; that is decided here and nowhere else.
 */
import { CONFIG_DEFAULTS } from '../open-webui-config/defaults.ts'
import { isJson, jsonOf, type OpenwebuiContext } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'

export interface PermissionTree {
  tree: Json
  /** Dotted: `features.notes`. */
  has(key: string): boolean
}

export interface Permissions {
  /** What the server grants everybody, complete. */
  defaults(): Json
  /** What a new server grants everybody. */
  builtIn(): Json
  tree(userId: Uuid): Promise<PermissionTree>
  has(actor: Actor, key: string): Promise<boolean>
  /** Throws forbidden. */
  require(actor: Actor, key: string): Promise<void>
}

export function createPermissions(context: OpenwebuiContext): Permissions {
  const builtIn = jsonOf(CONFIG_DEFAULTS['user.permissions'])

  const defaults = (): Json => filled(jsonOf(context.setting<unknown>('user.permissions', {})), builtIn)

  async function tree(userId: Uuid): Promise<PermissionTree> {
    const ids = await context.own.grants.groupIds(userId)
    let merged = defaults()
    if (ids.length > 0) {
      const groups = await context.read.groups.pick(['permissions'], { where: { id: { in: ids } } })
      for (const group of groups) merged = combined(merged, jsonOf(group.permissions))
    }
    return { tree: merged, has: (key) => isOn(merged, key) }
  }

  async function has(actor: Actor, key: string): Promise<boolean> {
    if (actor.user.role === 'admin') return true
    return (await tree(actor.user.id)).has(key)
  }

  return {
    defaults,
    builtIn: () => structuredClone(builtIn),
    tree,
    has,
    async require(actor, key) {
      if (!(await has(actor, key))) throw fault.forbidden('permission.missing', NOT_ALLOWED)
    },
  }
}

const NOT_ALLOWED =
  'You do not have permission to access this resource. Please contact your administrator for assistance.'

/** Keys that are missing come from the template. */
export function filled(given: Json, template: Json): Json {
  const out: Json = { ...given }
  for (const [key, value] of Object.entries(template)) {
    if (!(key in out)) out[key] = structuredClone(value)
    else if (isJson(value) && isJson(out[key])) out[key] = filled(out[key], value)
  }
  return out
}

/** On in either is on. */
export function combined(base: Json, more: Json): Json {
  const out: Json = { ...base }
  for (const [key, value] of Object.entries(more)) {
    out[key] = isJson(value) ? combined(jsonOf(out[key]), value) : out[key] || value
  }
  return out
}

function isOn(tree: Json, key: string): boolean {
  let node: unknown = tree
  for (const part of key.split('.')) node = jsonOf(node)[part]
  return Boolean(node)
}
