/**
 * Keeps the timeline where the person reads. At the bottom it stays at the
 * bottom; further up, the first visible message keeps its place on the screen
 * whatever is added above, cut away, or grows when an image or formula arrives.
 */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'

const BOTTOM_PX = 48
const NEAR_EDGE_PX = 900

export interface ScrollHooks {
  /** There may be more on this side; called often, must be cheap when not. */
  onNear: (side: 'older' | 'newer') => void
  onBottom: (atBottom: boolean) => void
  /** The window does not reach the present: its end is not the bottom. */
  openEnd: () => boolean
}

class Keeper {
  stick = true
  #lastTop = 0
  anchor: { id: string; top: number } | null = null
  constructor(
    readonly scroller: HTMLElement,
    readonly inner: HTMLElement,
  ) {}

  distance(): number {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight
  }

  /**
   * Looks where the person is now. What grew below (a formula, a reply being written) does not
   * take them off the bottom; only scrolling up does.
   */
  look(openEnd: boolean): void {
    const top = this.scroller.scrollTop
    const wentUp = top < this.#lastTop - 1
    this.#lastTop = top
    const near = this.distance() < BOTTOM_PX
    this.stick = !openEnd && (near || (this.stick && !wentUp))
    this.remember()
  }

  /** Remembers the first message on the screen and where it stands. */
  remember(): void {
    this.anchor = null
    for (const row of this.inner.querySelectorAll<HTMLElement>('[data-id]')) {
      const top = row.offsetTop - this.scroller.scrollTop
      if (top + row.offsetHeight <= 0) continue
      this.anchor = { id: row.dataset.id ?? '', top }
      return
    }
  }

  restore(): void {
    if (this.stick) {
      this.scroller.scrollTop = this.scroller.scrollHeight
      return
    }
    if (!this.anchor) return
    const row = this.row(this.anchor.id)
    if (!row) return this.remember()
    const drift = row.offsetTop - this.scroller.scrollTop - this.anchor.top
    if (Math.abs(drift) >= 1) this.scroller.scrollTop += drift
  }

  row(id: string): HTMLElement | null {
    return this.inner.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)
  }
}

export function useScroll(hooks: ScrollHooks) {
  const scroller = useRef<HTMLDivElement>(null)
  const inner = useRef<HTMLDivElement>(null)
  const keeper = useRef<Keeper | null>(null)
  const latest = useRef(hooks)
  latest.current = hooks
  const [atBottom, setAtBottom] = useState(true)

  const check = useMemo(
    () => () => {
      const keep = keeper.current
      if (!keep) return
      keep.look(latest.current.openEnd())
      setAtBottom(keep.stick)
      latest.current.onBottom(keep.stick)
      if (keep.scroller.scrollTop < NEAR_EDGE_PX) latest.current.onNear('older')
      if (keep.distance() < NEAR_EDGE_PX) latest.current.onNear('newer')
    },
    [],
  )

  // Before the page changes: a scroll whose event has not come yet must not be undone.
  if (keeper.current && !keeper.current.stick) keeper.current.remember()

  useLayoutEffect(() => {
    if (!scroller.current || !inner.current) return
    keeper.current ??= new Keeper(scroller.current, inner.current)
    keeper.current.restore()
  })

  useEffect(() => {
    const keep = keeper.current
    if (!keep) return
    const observer = new ResizeObserver(() => {
      keep.restore()
      check()
    })
    observer.observe(keep.inner)
    observer.observe(keep.scroller)
    return () => observer.disconnect()
  }, [])

  const toBottom = () => {
    if (!keeper.current) return
    keeper.current.stick = true
    keeper.current.restore()
    check()
  }

  /** Brings a row to a place on the screen (0 = top, 1 = bottom); false when it is not there. */
  const toRow = (id: string, place: number): boolean => {
    const keep = keeper.current
    const row = keep?.row(id)
    if (!keep || !row) return false
    keep.stick = false
    const room = keep.scroller.clientHeight - row.offsetHeight
    keep.scroller.scrollTop = row.offsetTop - Math.max(0, room * place)
    check()
    return true
  }

  return { scroller, inner, atBottom, check, toBottom, toRow }
}
