/** How webhooks and commands reach other servers; src/drivers/net implements it with its guard. */
export interface OutsideAnswer {
  status: number
  contentType: string
  text: string
  /** The address after redirects. */
  url: string
}

export interface Outside {
  /** Rejects when the address may not be reached, is slow, or answers too much. */
  send(request: {
    method: 'GET' | 'POST' | 'HEAD'
    url: string
    headers?: Record<string, string>
    body?: string
    timeoutMs: number
  }): Promise<OutsideAnswer>
}

export const nowhere: Outside = {
  send: () => Promise.reject(new Error('This server reaches no others.')),
}
