/** Toasts, the polite live region, and the banner of a lost connection. */
import { announcement, dismissToast, toasts } from '../stores/ui.ts'
import { connection } from '../stores/live.ts'
import { outbox } from '../stores/outgoing.ts'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon } from './icon.tsx'

export function Toasts() {
  const layer = useRef<HTMLDivElement>(null)
  const list = toasts.value
  // Shown anew each time, so that it lies above a dialog that was opened meanwhile.
  useLayoutEffect(() => {
    if (layer.current?.matches(':popover-open')) layer.current.hidePopover()
    if (list.length > 0) layer.current?.showPopover()
  }, [list])
  return (
    <div class="toasts" role="alert" popover="manual" ref={layer}>
      {list.map(({ id, text, kind }) => (
        <button type="button" key={id} class={`toast toast-${kind}`} onClick={() => dismissToast(id)}>
          {text}
        </button>
      ))}
    </div>
  )
}

export function LiveRegion() {
  return (
    <div class="sr-only" role="status" aria-live="polite" data-testid="live-region">
      {announcement}
    </div>
  )
}

const PATIENCE_MS = 1_200

/** Shown after a moment, so that a quick reconnect does not flicker. */
export function ConnectionBanner() {
  const lost = connection.value === 'waiting' || connection.value === 'connecting'
  const [shown, show] = useState(false)
  useEffect(() => {
    const timer = lost ? setTimeout(() => show(true), PATIENCE_MS) : null
    if (!lost) show(false)
    return () => {
      if (timer !== null) clearTimeout(timer)
    }
  }, [lost])
  if (!shown || !lost) return null
  const waiting = outbox.value.length
  return (
    <div class="banner" role="status" data-testid="connection-banner">
      <Icon name="retry" size={16} />
      {navigator.onLine ? 'Reconnecting…' : 'You are offline.'}
      {waiting > 0 ? ` ${waiting} unsent ${waiting === 1 ? 'message waits' : 'messages wait'}.` : null}
    </div>
  )
}
