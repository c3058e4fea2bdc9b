/**
 * What stands behind the first link of a message: title, description and picture, as the page itself
 * says (opengraph). Looked up once, after the message was posted, and kept with it.
 */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { withoutCode } from '../support/mentions.ts'
import { LruMap } from '../support/lru.ts'
import type { Message, User } from '../types.ts'
import { actorFor } from './hooks.ts'
import type { Outside } from './outside.ts'

/** Where a message keeps it. */
export const PREVIEW_KEY = 'mattermost.preview'

export interface LinkPreview {
  url: string
  /** A page, or a picture itself. */
  kind: 'page' | 'image'
  title: string
  description: string
  siteName: string
  image: string
}

export interface LinkPreviews {
  /** Looks up the message's first link and puts what it finds into its props. */
  add(message: Message, sender: User): Promise<void>
}

const TIMEOUT_MS = 5_000
const KEPT = 2_000
const AT_ONCE = 8
const TEXT_MAX = 300
const URL = /https?:\/\/[^\s<>()[\]"'`]+[^\s<>()[\]"'`.,;:!?]/i

export function createLinkPreviews(deps: CoreDeps, core: Core, outside: Outside): LinkPreviews {
  const known = new LruMap<string, LinkPreview | 'none'>(KEPT)
  let busy = 0

  async function find(url: string): Promise<LinkPreview | 'none'> {
    const kept = known.get(url)
    if (kept) return kept
    const found = await look(url)
    known.set(url, found)
    return found
  }

  async function look(url: string): Promise<LinkPreview | 'none'> {
    try {
      const answer = await outside.send({
        method: 'GET',
        url,
        timeoutMs: TIMEOUT_MS,
        headers: { Accept: 'text/html' },
      })
      if (answer.status !== 200) return 'none'
      if (/^image\/(png|jpeg|gif|webp)/.test(answer.contentType)) {
        return { url, kind: 'image', title: '', description: '', siteName: '', image: url }
      }
      return answer.contentType.includes('html') ? pageOf(url, answer.text) : 'none'
    } catch {
      return 'none'
    }
  }

  return {
    async add(message, sender) {
      const url = firstLink(message.content)
      if (!url || message.kind !== 'user' || busy >= AT_ONCE) return
      const before = message.props[PREVIEW_KEY]
      if (isPreviewOf(before, url)) return
      busy += 1
      try {
        const found = await find(url)
        if (found === 'none') return
        await core.messages.edit(actorFor(sender), message.id, { props: { [PREVIEW_KEY]: found } })
      } catch (error) {
        // The message may be gone, or its author out of the room, by now.
        deps.log.debug('a link preview was not kept', { error })
      } finally {
        busy -= 1
      }
    },
  }
}

/** Links in code are no links. */
export function firstLink(content: string): string | null {
  if (!content.includes('://')) return null
  const found = URL.exec(withoutCode(content))?.[0]
  return found && found.length <= 2_000 ? found : null
}

function isPreviewOf(value: unknown, url: string): boolean {
  return typeof value === 'object' && value !== null && 'url' in value && value.url === url
}

/** What a page says of itself; without a title there is nothing to show. */
export function pageOf(url: string, html: string): LinkPreview | 'none' {
  const head = html.slice(0, 200_000)
  const meta = new Map<string, string>()
  for (const [tag] of head.matchAll(/<meta\s[^>]*>/gi)) {
    const name = attribute(tag, 'property') ?? attribute(tag, 'name')
    const content = attribute(tag, 'content')
    if (name && content && !meta.has(name.toLowerCase())) meta.set(name.toLowerCase(), content)
  }
  const title =
    meta.get('og:title') ?? meta.get('twitter:title') ?? textOf(/<title[^>]*>([^<]*)/i.exec(head)?.[1] ?? '')
  if (title === '') return 'none'
  return {
    url,
    kind: 'page',
    title: title.slice(0, TEXT_MAX),
    description: (meta.get('og:description') ?? meta.get('description') ?? '').slice(0, TEXT_MAX),
    siteName: (meta.get('og:site_name') ?? '').slice(0, TEXT_MAX),
    image: imageOf(meta.get('og:image') ?? '', url),
  }
}

function imageOf(address: string, base: string): string {
  if (address === '' || !globalThis.URL.canParse(address, base)) return ''
  const url = new globalThis.URL(address, base)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href.slice(0, 2_000) : ''
}

function attribute(tag: string, name: string): string | null {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(tag)
  return match ? textOf(match[1] ?? match[2] ?? '') : null
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

function textOf(html: string): string {
  return html
    .replaceAll(/&(#x[0-9a-f]{1,6}|#\d{1,7}|\w{1,8});/gi, (whole, code: string) => entity(code) ?? whole)
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function entity(code: string): string | null {
  if (!code.startsWith('#')) return ENTITIES[code.toLowerCase()] ?? null
  const point = code[1]?.toLowerCase() === 'x' ? parseInt(code.slice(2), 16) : Number(code.slice(1))
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point).toWellFormed() : null
}
