/** The frame of a panel beside the timeline; on phones it covers it. */
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { dialog } from '../../stores/ui.ts'
import { IconButton } from '../controls.tsx'

export function SidePanel({
  title,
  note,
  onClose,
  children,
}: {
  title: string
  note?: string
  onClose: () => void
  children: ComponentChildren
}) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const busy = dialog.peek() !== null || event.defaultPrevented
      if (event.key === 'Escape' && !busy) onClose()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return (
    <aside class="side-panel" aria-label={title}>
      <header class="panel-head">
        <div>
          <h2>{title}</h2>
          {note ? <p>{note}</p> : null}
        </div>
        <IconButton icon="close" label="Close panel" onClick={onClose} />
      </header>
      {children}
    </aside>
  )
}
