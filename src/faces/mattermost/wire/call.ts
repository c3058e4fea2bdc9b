/** One request as route handlers see it: who asks, path and query parameters in core's words, the body. */
import type { Actor, Uuid } from '../../../core/types.ts'
import type { Core } from '../../../core/core.ts'
import { MmError, refuse } from '../errors.ts'
import { fromWire } from '../ids.ts'
import { Fields } from './fields.ts'

/** As Mattermost's MaximumPayloadSizeBytes. */
const BODY_MAX = 300_000
const PER_PAGE_DEFAULT = 60
const PER_PAGE_MAX = 200

export interface Page {
  page: number
  perPage: number
  offset: number
  limit: number
}

/** A request without a session: log-in, sign-up, configuration. */
export class OpenCall {
  readonly request: Request
  readonly params: Record<string, string>
  readonly core: Core
  readonly ip: string | null
  #query: URLSearchParams | null = null

  constructor(request: Request, params: Record<string, string>, core: Core, ip: string | null) {
    this.request = request
    this.params = params
    this.core = core
    this.ip = ip
  }

  get query(): URLSearchParams {
    if (this.#query) return this.#query
    const at = this.request.url.indexOf('?')
    this.#query = new URLSearchParams(at < 0 ? '' : this.request.url.slice(at + 1))
    return this.#query
  }

  header(name: string): string | null {
    return this.request.headers.get(name)
  }

  param(name: string): string {
    // The router gives null for what it cannot decode (`%ff`), whatever its types say.
    const value: string | null | undefined = this.params[name]
    if (typeof value !== 'string' || value === '') throw refuse.urlParam(name)
    return value
  }

  /** A path parameter that must be an id; 400 when it is none. */
  id(name: string): Uuid {
    const id = fromWire(this.param(name))
    if (id === null) throw refuse.urlParam(name)
    return id
  }

  text(name: string): string {
    return this.query.get(name) ?? ''
  }

  flag(name: string, fallback = false): boolean {
    const value = this.query.get(name)
    return value === null || value === '' ? fallback : value === 'true' || value === '1'
  }

  int(name: string, fallback: number): number {
    const value = Number(this.query.get(name) ?? NaN)
    return Number.isFinite(value) ? Math.trunc(value) : fallback
  }

  /** An id in the query; absent and empty read as undefined. */
  queryId(name: string): Uuid | undefined {
    const value = this.query.get(name)
    if (!value) return undefined
    const id = fromWire(value)
    if (id === null) throw refuse.urlParam(name)
    return id
  }

  /** Silently clamped, as Mattermost does. */
  page(perPageName = 'per_page', max = PER_PAGE_MAX, fallback = PER_PAGE_DEFAULT): Page {
    const page = Math.max(0, this.int('page', 0))
    const asked = this.int(perPageName, fallback)
    const perPage = asked <= 0 ? fallback : Math.min(asked, max)
    return { page, perPage, offset: page * perPage, limit: perPage }
  }

  async json(): Promise<unknown> {
    const length = Number(this.header('content-length') ?? 0)
    if (length > BODY_MAX) throw tooLarge()
    const text = await this.request.text()
    if (text.length > BODY_MAX) throw tooLarge()
    try {
      return JSON.parse(text) as unknown
    } catch {
      throw refuse.bodyParam('body')
    }
  }

  /** The body as an object; an empty body reads as `{}` when `orEmpty`. */
  async fields(orEmpty = false): Promise<Fields> {
    if (orEmpty && this.header('content-length') === '0') return new Fields({})
    try {
      return Fields.of(await this.json())
    } catch (error) {
      if (orEmpty && error instanceof MmError && error.status === 400) return new Fields({})
      throw error
    }
  }

  async list(name: string, max = 1000): Promise<unknown[]> {
    const value = await this.json()
    if (!Array.isArray(value) || value.length > max) throw refuse.bodyParam(name)
    return value
  }
}

/** A request of somebody who is signed in. */
export class Call extends OpenCall {
  readonly actor: Actor
  /** The token itself, for log-out only. */
  readonly token: string

  constructor(open: OpenCall, actor: Actor, token: string) {
    super(open.request, open.params, open.core, open.ip)
    this.actor = actor
    this.token = token
  }

  get me(): Uuid {
    return this.actor.user.id
  }

  get isAdmin(): boolean {
    return this.actor.user.role === 'admin'
  }

  /** The user in the path; `me` is the asker. */
  userId(name = 'user_id'): Uuid {
    return this.params[name] === 'me' ? this.me : this.id(name)
  }

  /** As userId, for what only oneself or an administrator may touch. */
  selfOrAdmin(name = 'user_id'): Uuid {
    const id = this.userId(name)
    if (id !== this.me && !this.isAdmin) throw refuse.permission()
    return id
  }

  admin(): void {
    if (!this.isAdmin) throw refuse.permission()
  }
}

function tooLarge(): MmError {
  return new MmError(413, 'api.context.request_body_too_large.app_error', 'The request body is too large.')
}
