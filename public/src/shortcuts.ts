/** Keys that work everywhere. */
import { sessionState } from './stores/session.ts'
import { dialog } from './stores/ui.ts'

export function startShortcuts(): void {
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || sessionState.value !== 'in') return
    if (event.key === 'k') toggle(event, 'switcher')
    else if (event.key === '/') toggle(event, 'shortcuts')
  })
}

function toggle(event: KeyboardEvent, name: 'switcher' | 'shortcuts'): void {
  event.preventDefault()
  dialog.value = dialog.value?.name === name ? null : { name }
}
