/** What a message may hold, for posting and for editing. */
import { fault } from '../faults.ts'
import type { StoredFile } from '../types.ts'
import type { Repositories } from '../repositories.ts'
import type { Actor, Uuid } from '../types.ts'
import { isUuid } from '../support/uuid.ts'

const maxFiles = 20
const maxPropsBytes = 64 * 1024
const maxClientIdChars = 128

/** The text as it is kept: no U+0000, no half characters; otherwise as written. */
export function checkContent(content: string, hasFiles: boolean, maxChars: number): string {
  const clean = content.replaceAll('\0', '').toWellFormed()
  if (clean.length > maxChars) {
    throw invalid('message.too_long', 'content', `A message has at most ${maxChars} characters.`)
  }
  if (!hasFiles && clean.trim() === '')
    throw invalid('message.empty', 'content', 'A message needs text or a file.')
  return clean
}

export function checkMessageProps(props: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.fromEntries(
    Object.entries(props).filter(([, value]) => value !== undefined && value !== null),
  )
  if (JSON.stringify(kept).length > maxPropsBytes)
    throw invalid('message.props_too_big', 'props', 'Too much.')
  return kept
}

export function checkClientId(clientId: string | null | undefined): string | null {
  if (clientId === null || clientId === undefined || clientId === '') return null
  if (clientId.length > maxClientIdChars) throw invalid('message.client_id', 'client_id', 'Too long.')
  return clientId.replaceAll('\0', '').toWellFormed()
}

/** One's own files that hang on no message yet, in the order given. Others do not exist. */
export async function checkFiles(
  repos: Repositories,
  actor: Actor,
  ids: readonly Uuid[],
  roomId: Uuid,
): Promise<StoredFile[]> {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return []
  if (wanted.length > maxFiles)
    throw invalid('message.too_many_files', 'file_ids', `At most ${maxFiles} files.`)
  const files = wanted.every(isUuid) ? await repos.files.getMany(wanted) : []
  const free = files.filter(
    (file) =>
      file.ownerId === actor.user.id &&
      file.messageId === null &&
      file.kind !== 'avatar' &&
      (file.roomId === null || file.roomId === roomId),
  )
  if (free.length < wanted.length) {
    throw invalid('message.file_unknown', 'file_ids', 'Attach files of your own that no message has yet.')
  }
  return free
}

function invalid(code: string, field: string, message: string) {
  return fault.invalid(code, message, { [field]: message })
}
