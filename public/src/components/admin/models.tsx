/** Which models the configured providers offer. */
import { useEffect } from 'preact/hooks'
import { loadModels, models, modelsProblem } from '../../stores/models.ts'
import { Empty } from '../controls.tsx'

export function AdminModels() {
  useEffect(() => loadModels(true), [])
  if (models.value.length === 0) {
    return (
      <Empty icon="cube" title="No models">
        <p>{modelsProblem.value ?? 'Asking the providers…'}</p>
        <p class="muted">
          Set <code>OPENROUTER_API_KEY</code>, <code>OPENAI_API_KEY</code> or <code>OLLAMA_BASE_URL</code> and
          restart the server.
        </p>
      </Empty>
    )
  }
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <th>Model</th>
            <th>Name</th>
            <th>Provider</th>
          </tr>
        </thead>
        <tbody>
          {models.value.map((model) => (
            <tr key={model.id}>
              <td>
                <code>{model.id}</code>
              </td>
              <td>{model.name}</td>
              <td>{model.owned_by}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
