// Links between our own pages lead somewhere.
import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from './source.ts'

test('README and docs link only to what is there', () => {
  const pages = ['*.md', 'docs/**/*.md', 'src/**/*.md'].flatMap((glob) => [
    ...new Bun.Glob(glob).scanSync(ROOT),
  ])
  const links = pages.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), 'utf8').replace(/```.*?```/gs, '')
    return [...text.matchAll(/\]\(([^)#\s]+)/g)]
      .map(([, to]) => ({ page, to: to ?? '' }))
      .filter(({ to }) => !/^[a-z]+:/.test(to))
  })
  expect(links.length).toBeGreaterThan(0)
  expect(
    links
      .filter(({ page, to }) => !existsSync(join(ROOT, dirname(page), to)))
      .map(({ page, to }) => `${page} → ${to}`),
  ).toEqual([])
})
