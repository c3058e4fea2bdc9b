/** Message text as safe HTML, block by block: while a reply streams only its last block changes. */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { memo } from '../lib/memo.tsx'
import { hydrate } from '../markdown/hydrate.ts'
import { renderBlocks } from '../markdown/render.ts'
import { me } from '../stores/session.ts'

const Block = memo(function Block({ html, myName }: { html: string; myName: string }) {
  const ref = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (ref.current) hydrate(ref.current, myName)
  }, [html, myName])
  return <div ref={ref} class="md-block" dangerouslySetInnerHTML={{ __html: html }} />
})

export function MarkdownView({ text, writing = false }: { text: string; writing?: boolean }) {
  const myName = me.value?.username ?? ''
  return (
    <div class={writing ? 'md md-writing' : 'md'}>
      {renderBlocks(text).map((html, index) => (
        <Block key={index} html={html} myName={myName} />
      ))}
    </div>
  )
}
