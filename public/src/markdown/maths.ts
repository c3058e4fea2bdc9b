/**
 * KaTeX in a chunk of its own. Writes MathML, which browsers draw themselves:
 * no fonts and no style sheet to load, and screen readers can read it.
 */
import katex from 'katex'

/** Puts a formula into an element; broken TeX stays as text, marked as such. */
export function drawMaths(element: HTMLElement, tex: string): void {
  const displayMode = element.classList.contains('math-block')
  try {
    katex.render(tex, element, { displayMode, output: 'mathml', trust: false, maxExpand: 200, maxSize: 20 })
  } catch {
    element.classList.add('math-broken')
    element.textContent = tex
  }
}
