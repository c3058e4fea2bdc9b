/** The frame of sign-in and invite pages. */
import type { ComponentChildren } from 'preact'
import { Logo } from '../logo.tsx'

export function AuthCard({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="auth" id="main">
      <section class="auth-card">
        <p class="auth-brand">
          <Logo size={40} /> Hubbub
        </p>
        <h1>{title}</h1>
        {children}
      </section>
      <p class="auth-foot">Team chat in which AI is a member of the room.</p>
    </main>
  )
}
