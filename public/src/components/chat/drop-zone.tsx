/** Takes files that are dragged onto the room, and shows where they would land. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Icon } from '../icon.tsx'

export function DropZone({
  children,
  onFiles,
}: {
  children: ComponentChildren
  onFiles: (files: File[]) => void
}) {
  // Entering a child fires before leaving its parent, so the depth is counted.
  const [depth, setDepth] = useState(0)
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
  return (
    <div
      class="drop-zone"
      onDragEnter={(event) => hasFiles(event) && setDepth((now) => now + 1)}
      onDragLeave={(event) => hasFiles(event) && setDepth((now) => Math.max(0, now - 1))}
      onDragOver={(event) => hasFiles(event) && event.preventDefault()}
      onDrop={(event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        setDepth(0)
        onFiles([...(event.dataTransfer?.files ?? [])])
      }}
    >
      {children}
      {depth > 0 ? (
        <div class="drop-hint" aria-hidden="true">
          <Icon name="image" size={32} />
          Drop images to add them
        </div>
      ) : null}
    </div>
  )
}
