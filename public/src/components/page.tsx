/** The frame of pages that are not rooms. */
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { Icon, type IconName } from './icon.tsx'

export interface Tab {
  path: string
  label: string
  icon: IconName
}

export function Page({
  title,
  note,
  tabs,
  current,
  children,
}: {
  title: string
  note?: string
  tabs?: Tab[]
  current?: string
  children: ComponentChildren
}) {
  useEffect(() => {
    document.title = `${title} · Hubbub`
  }, [title])
  return (
    <main class="page" id="main">
      <div class="page-inner">
        <header class="page-head">
          <a class="icon-button back-link" href="/" aria-label="Back to rooms">
            <Icon name="back" />
          </a>
          <div>
            <h1>{title}</h1>
            {note ? <p>{note}</p> : null}
          </div>
        </header>
        {tabs ? (
          <nav class="tabs" aria-label={title}>
            {tabs.map((tab) => (
              <a key={tab.path} href={tab.path} aria-current={tab.path === current ? 'page' : undefined}>
                <Icon name={tab.icon} size={18} /> {tab.label}
              </a>
            ))}
          </nav>
        ) : null}
        {children}
      </div>
    </main>
  )
}
