/** A small layer beside a button: closes on Esc, on a click elsewhere, and when focus leaves. */
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

const GAP_PX = 6

export function Popover({
  anchor,
  label,
  onClose,
  children,
  role = 'dialog',
}: {
  anchor: HTMLElement
  label: string
  onClose: () => void
  children: ComponentChildren
  role?: 'dialog' | 'menu'
}) {
  const ref = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (ref.current) place(ref.current, anchor)
  })
  useEffect(() => {
    const layer = ref.current
    const first = layer?.querySelector<HTMLElement>('input, button')
    first?.focus({ preventScroll: true })
    const outside = (event: Event) => {
      const target = event.target as Node
      if (!layer?.contains(target) && !anchor.contains(target)) onClose()
    }
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      onClose()
      anchor.focus({ preventScroll: true })
    }
    document.addEventListener('pointerdown', outside, true)
    layer?.addEventListener('keydown', key)
    return () => {
      document.removeEventListener('pointerdown', outside, true)
      layer?.removeEventListener('keydown', key)
    }
  }, [])
  return (
    <div ref={ref} class="popover" role={role} aria-label={label} popover="manual">
      {children}
    </div>
  )
}

/** In the top layer, below the anchor where there is room, else above; inside the window. */
function place(layer: HTMLElement, anchor: HTMLElement): void {
  if (!layer.matches(':popover-open')) layer.showPopover()
  const box = anchor.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = layer
  const left = Math.min(Math.max(8, box.right - width), innerWidth - width - 8)
  const below = box.bottom + GAP_PX
  const top = below + height < innerHeight - 8 ? below : Math.max(8, box.top - height - GAP_PX)
  layer.style.left = `${Math.max(8, left)}px`
  layer.style.top = `${top}px`
}

/** Up and down move between the items of a menu. */
export function menuKeys(event: KeyboardEvent): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0 || !(event.currentTarget instanceof HTMLElement)) return
  event.preventDefault()
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('button')]
  const at = items.indexOf(document.activeElement as HTMLElement)
  items[(at + step + items.length) % items.length]?.focus()
}
