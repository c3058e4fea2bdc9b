/** Puts the number of waiting mentions and direct messages before the title of the tab. */
import { effect, type ReadonlySignal } from '@preact/signals'

export function startTitle(count: ReadonlySignal<number>): void {
  const apply = (waiting: number) => {
    const bare = document.title.replace(/^\(\d+\) /, '')
    const title = waiting > 0 ? `(${waiting}) ${bare}` : bare
    if (title !== document.title) document.title = title
  }
  effect(() => apply(count.value))
  const element = document.querySelector('title')
  if (element) new MutationObserver(() => apply(count.peek())).observe(element, { childList: true })
}
