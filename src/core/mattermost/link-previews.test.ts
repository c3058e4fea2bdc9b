import { expect, test } from 'bun:test'
import { firstLink, pageOf } from './link-previews.ts'

test('the first link counts, without its punctuation, and not in code', () => {
  expect(firstLink('see https://a.example/x?y=1, and https://b.example')).toBe('https://a.example/x?y=1')
  expect(firstLink('[text](https://a.example/p)')).toBe('https://a.example/p')
  expect(firstLink('`https://a.example` then https://b.example/q.')).toBe('https://b.example/q')
  expect(firstLink('ftp://a.example')).toBeNull()
})

test('a page tells its title, description and picture', () => {
  const html = `<html><head><title>Old &amp; plain</title>
    <meta property="og:title" content="It&#39;s &quot;new&quot;">
    <meta content='All of it' property='og:description'>
    <meta property="og:image" content="/pic.png"></head>`
  expect(pageOf('https://a.example/dir/page', html)).toEqual({
    url: 'https://a.example/dir/page',
    kind: 'page',
    title: `It's "new"`,
    description: 'All of it',
    siteName: '',
    image: 'https://a.example/pic.png',
  })
})

test('without opengraph the title does; without a title there is nothing', () => {
  expect(pageOf('https://a.example', '<title> Just\n this </title>')).toMatchObject({
    title: 'Just this',
    image: '',
  })
  expect(pageOf('https://a.example', '<p>nothing</p>')).toBe('none')
  expect(
    pageOf('https://a.example', '<title>x</title><meta property="og:image" content="javascript:alert(1)">'),
  ).toMatchObject({ image: '' })
})
