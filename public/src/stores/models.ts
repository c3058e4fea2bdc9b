/** The models that can be asked, loaded when first needed. */
import { signal } from '@preact/signals'
import { models as api } from '../api/endpoints.ts'
import { messageOf } from '../api/client.ts'
import type { Model } from '../lib/types.ts'

export const models = signal<Model[]>([])
/** Why there are none: no provider is configured, or none answered. */
export const modelsProblem = signal<string | null>(null)

let asked = false

/** Asks once; again with `force`. */
export function loadModels(force = false): void {
  if (asked && !force) return
  asked = true
  api.list().then(
    (list) => {
      models.value = list
      modelsProblem.value = list.length === 0 ? 'No model provider is configured on this server.' : null
    },
    (error: unknown) => {
      asked = false
      modelsProblem.value = messageOf(error)
    },
  )
}
