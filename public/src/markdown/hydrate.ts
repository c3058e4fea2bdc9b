/**
 * What sanitised HTML gets after it is in the page: code colours, a copy button,
 * formulas, and the mark on mentions of oneself. Both libraries are loaded the
 * first time they are needed; from then on this works before the next paint.
 */

type Highlighter = typeof import('./highlight.ts')
type Mathematician = typeof import('./maths.ts')

let highlighter: Highlighter | null = null
let mathematician: Mathematician | null = null

/** Finishes one rendered block; `myName` is the user name whose mentions stand out. */
export function hydrate(root: HTMLElement, myName: string): void {
  for (const mention of root.querySelectorAll<HTMLElement>('.mention')) {
    const name = mention.dataset.name ?? ''
    if (name === myName.toLowerCase() || name === 'all' || name === 'here' || name === 'channel') {
      mention.classList.add('mention-me')
    }
  }
  for (const pre of root.querySelectorAll('pre')) dressCode(pre)
  for (const formula of root.querySelectorAll<HTMLElement>('.math')) dressMaths(formula)
}

function dressCode(pre: HTMLPreElement): void {
  const code = pre.querySelector('code')
  if (!code || pre.querySelector('.copy')) return
  const language = /language-(\S+)/.exec(code.className)?.[1]
  const copy = document.createElement('button')
  copy.type = 'button'
  copy.className = 'copy'
  copy.textContent = 'Copy'
  copy.onclick = () => void copyText(code.textContent ?? '', copy)
  pre.append(copy)
  if (!language) return
  pre.dataset.language = language
  if (highlighter) colour(code, language, highlighter)
  else void loadHighlighter().then((loaded) => colour(code, language, loaded))
}

async function loadHighlighter(): Promise<Highlighter> {
  highlighter ??= await import('./highlight.ts')
  return highlighter
}

function colour(code: HTMLElement, language: string, { highlight }: Highlighter): void {
  const html = highlight(code.textContent ?? '', language)
  if (html !== null) code.innerHTML = html
}

function dressMaths(element: HTMLElement): void {
  const tex = element.textContent ?? ''
  if (mathematician) mathematician.drawMaths(element, tex)
  else void loadMaths().then((loaded) => loaded.drawMaths(element, tex))
}

async function loadMaths(): Promise<Mathematician> {
  mathematician ??= await import('./maths.ts')
  return mathematician
}

async function copyText(text: string, button: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    button.textContent = 'Copied'
  } catch {
    // Plain http has no clipboard; say so rather than pretend.
    button.textContent = 'Press Ctrl+C'
    getSelection()?.selectAllChildren(button.parentElement?.querySelector('code') ?? button)
  }
  setTimeout(() => (button.textContent = 'Copy'), 2_000)
}
