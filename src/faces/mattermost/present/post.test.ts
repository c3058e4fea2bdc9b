import { expect, test } from 'bun:test'
import type { Message } from '../../../core/types.ts'
import { toWire } from '../ids.ts'
import { hashtagsOf, PostPresenter, presentReactions, PROPS_KEY } from './post.ts'

const ann = '0198f000-0000-7000-8000-000000000001'

function message(change: Partial<Message> = {}): Message {
  return {
    seq: 1,
    id: '0198f000-0000-7000-8000-0000000000aa',
    roomId: '0198f000-0000-7000-8000-0000000000bb',
    senderId: ann,
    kind: 'user',
    content: 'hello',
    threadId: null,
    replyTo: null,
    hash: '',
    previous: null,
    clientId: null,
    createdAt: 1000,
    updatedAt: 1000,
    editedAt: null,
    deletedAt: null,
    pinnedAt: null,
    pinnedBy: null,
    mentions: [],
    files: [],
    reactions: {},
    ai: null,
    props: {},
    ordinal: 1,
    rootOrdinal: 1,
    replyCount: 0,
    lastReplyAt: null,
    ...change,
  }
}

const presenter = (text: string | null = null) =>
  new PostPresenter({ progress: () => text, emoji: () => null })

test('a plain message has every field that is always there', () => {
  expect(presenter().object(message())).toEqual({
    id: toWire(message().id),
    create_at: 1000,
    update_at: 1000,
    edit_at: 0,
    delete_at: 0,
    is_pinned: false,
    user_id: toWire(ann),
    channel_id: toWire(message().roomId),
    root_id: '',
    original_id: '',
    message: 'hello',
    type: '',
    props: {},
    hashtags: '',
    file_ids: [],
    reply_count: 0,
    last_reply_at: 0,
    metadata: {},
    pending_post_id: '',
    participants: null,
  })
})

test('what is kept of a post goes with every change of its message', () => {
  const posts = presenter()
  posts.json(message())
  expect(posts.object(message({ content: 'changed', updatedAt: 1001 })).message).toBe('changed')
  expect(posts.object(message({ replyCount: 1, lastReplyAt: 5 })).reply_count).toBe(1)
})

test('where an action goes stays with the server', () => {
  const attachments = [
    { text: 'x', actions: [{ id: 'a', name: 'A', integration: { url: 'https://inner' } }] },
  ]
  const post = presenter().json(message({ props: { [PROPS_KEY]: { attachments } } }))
  expect(post).not.toContain('inner')
  expect(JSON.parse(post).metadata.embeds).toEqual([{ type: 'message_attachment' }])
})

test('a deleted message says nothing', () => {
  const post = presenter().object(message({ deletedAt: 2000, reactions: { tada: [ann] } }))
  expect(post).toMatchObject({ message: '', delete_at: 2000, metadata: {} })
})

test('an answer that is being written shows what there is, and is not kept', () => {
  const ai = {
    model: 'm',
    state: 'running' as const,
    askedBy: ann,
    usage: null,
    tools: [],
    finishReason: null,
    latencyMs: null,
    errorCode: null,
  }
  expect(presenter('so far').object(message({ ai, content: '' })).message).toBe('so far')
  expect(presenter(null).object(message({ ai, content: '' })).message).toBe('…')
  expect(presenter().object(message({ ai: { ...ai, state: 'done' } })).message).toBe('hello')
})

test('a list names its order newest first and holds what is besides it', () => {
  const root = message({ id: '0198f000-0000-7000-8000-0000000000cc' })
  const reply = message({ threadId: root.id })
  const list = JSON.parse(presenter().list([reply], { also: [root], prev: 'p' }))
  expect(list.order).toEqual([toWire(reply.id)])
  expect(Object.keys(list.posts).toSorted()).toEqual([toWire(reply.id), toWire(root.id)].toSorted())
  expect(list).toMatchObject({ prev_post_id: 'p', next_post_id: '', first_inaccessible_post_time: 0 })
})

test('reactions keep their order', () => {
  const bob = '0198f000-0000-7000-8000-000000000002'
  const shown = presentReactions(message({ reactions: { tada: [bob, ann] } }))
  expect(shown.map((one) => one.user_id)).toEqual([toWire(bob), toWire(ann)])
  expect(shown[0]!.create_at).toBeLessThan(shown[1]!.create_at as number)
})

test('hash tags begin with a letter and have three characters', () => {
  expect(hashtagsOf('#one and #two-three, #1st #ab x#no #Ünï #one')).toBe('#one #two-three #Ünï')
})
