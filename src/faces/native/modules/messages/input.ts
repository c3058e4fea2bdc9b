/** Message bodies and queries of the native contract in the core's words. */
import type { Core, HistoryQuery, NewMessage } from '../../../../core/core.ts'
import { noSuchMessage } from '../../../../core/permissions/room-policy.ts'
import type { Actor, Message } from '../../../../core/types.ts'
import { filesOfUrls } from '../../image-urls.ts'
import type { HistoryQuery as Query, NewMessageBody } from '../../wire-rooms.ts'

export function newMessageOf(body: typeof NewMessageBody.static): NewMessage {
  return {
    content: body.content ?? '',
    replyTo: body.reply_to ?? null,
    threadId: body.thread ?? null,
    fileIds: [...(body.file_ids ?? []), ...filesOfUrls(body.image_urls ?? [])],
    clientId: body.client_id ?? null,
  }
}

export function historyQueryOf(query: typeof Query.static): HistoryQuery {
  return {
    limit: query.limit ?? 50,
    ...(query.before ? { before: query.before } : {}),
    ...(query.after ? { after: query.after } : {}),
    ...(query.around ? { around: query.around } : {}),
    ...(query.thread ? { threadId: query.thread } : {}),
    ...(query.roots ? { rootsOnly: true } : {}),
  }
}

/** The message of a path that also names its room: in another room it is not there. */
export async function inRoom(
  core: Core,
  actor: Actor,
  params: { room_id: string; id: string },
): Promise<Message> {
  const { message } = await core.messages.get(actor, params.id)
  if (message.roomId !== params.room_id) throw noSuchMessage()
  return message
}
