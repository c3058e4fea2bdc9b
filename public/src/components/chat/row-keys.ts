/** Arrow keys go from message to message; Home and End to the first and last that are loaded. */

export function rowKeys(event: KeyboardEvent): void {
  if (!(event.currentTarget instanceof HTMLElement)) return
  const target = event.target as HTMLElement
  if (target.closest('textarea, input, .message-tools, .popover')) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('.message')]
  const at = rows.findIndex((row) => row.contains(target))
  const to = destination(event.key, at, rows.length)
  if (to === null) return
  event.preventDefault()
  rows[to]?.focus()
}

function destination(key: string, at: number, count: number): number | null {
  if (key === 'ArrowUp') return at < 0 ? count - 1 : Math.max(0, at - 1)
  if (key === 'ArrowDown' && at >= 0) return Math.min(count - 1, at + 1)
  if (key === 'End' && at >= 0) return count - 1
  if (key === 'Home' && at >= 0) return 0
  return null
}
