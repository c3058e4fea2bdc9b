/** The bar over a message: react, reply, thread, and a menu with the rest. */
import { useRef, useState } from 'preact/hooks'
import { deleteMessage, pin, react } from '../../actions/messages.ts'
import { emojiName, quickReactions } from '../../lib/emoji.ts'
import type { Message } from '../../lib/types.ts'
import { navigate, roomPath } from '../../router.ts'
import { composerKey, editing, focusComposer, setQuote } from '../../stores/compose.ts'
import { mayModerate } from '../../stores/members.ts'
import { isPinned } from '../../stores/pins.ts'
import { myId } from '../../stores/session.ts'
import { attempt, dialog, toast } from '../../stores/ui.ts'
import { IconButton } from '../controls.tsx'
import { Icon, type IconName } from '../icon.tsx'
import { menuKeys, Popover } from '../popover.tsx'
import { EmojiPicker } from './emoji-picker.tsx'

export function MessageTools({ message, inThread }: { message: Message; inThread: boolean }) {
  const [open, setOpen] = useState<'emoji' | 'menu' | null>(null)
  const emojiButton = useRef<HTMLButtonElement>(null)
  const menuButton = useRef<HTMLButtonElement>(null)
  const close = () => setOpen(null)
  const root = message.thread_id ?? message.id
  return (
    <div class="message-tools" role="toolbar" aria-label="Message actions">
      {quickReactions.slice(0, 3).map((emoji) => (
        <button
          type="button"
          key={emoji}
          class="icon-button quick"
          aria-label={`React with ${emojiName(emoji)}`}
          onClick={() => void react(message, emoji)}
        >
          {emoji}
        </button>
      ))}
      <IconButton
        ref={emojiButton}
        icon="smile"
        label="Add reaction"
        aria-expanded={open === 'emoji'}
        onClick={() => setOpen(open === 'emoji' ? null : 'emoji')}
      />
      <IconButton icon="reply" label="Reply" onClick={() => quote(message, inThread)} />
      {inThread ? null : (
        <IconButton
          icon="thread"
          label="Reply in thread"
          onClick={() => navigate(roomPath(message.room_id, { thread: root }))}
        />
      )}
      <IconButton
        ref={menuButton}
        icon="more"
        label="More actions"
        aria-haspopup="menu"
        aria-expanded={open === 'menu'}
        onClick={() => setOpen(open === 'menu' ? null : 'menu')}
      />
      {open === 'emoji' && emojiButton.current ? (
        <Popover anchor={emojiButton.current} label="Pick a reaction" onClose={close}>
          <EmojiPicker
            onPick={(emoji) => {
              close()
              void react(message, emoji)
            }}
          />
        </Popover>
      ) : null}
      {open === 'menu' && menuButton.current ? (
        <Popover anchor={menuButton.current} label="More actions" role="menu" onClose={close}>
          <Menu message={message} close={close} />
        </Popover>
      ) : null}
    </div>
  )
}

function quote(message: Message, inThread: boolean): void {
  const key = composerKey(message.room_id, inThread ? (message.thread_id ?? message.id) : null)
  setQuote(key, message)
  focusComposer(key)
}

function Menu({ message, close }: { message: Message; close: () => void }) {
  const mine = message.sender.id === myId.value
  const moderator = mayModerate(message.room_id, myId.value)
  const pinned = isPinned(message.room_id, message.id)
  const item = (icon: IconName, label: string, run: () => void, danger = false) => (
    <button
      type="button"
      role="menuitem"
      class={danger ? 'menu-item menu-danger' : 'menu-item'}
      onClick={() => {
        close()
        run()
      }}
    >
      <Icon name={icon} size={18} /> {label}
    </button>
  )
  return (
    <div class="menu" onKeyDown={menuKeys}>
      {mine ? item('edit', 'Edit', () => (editing.value = message.id)) : null}
      {item('pin', pinned ? 'Unpin' : 'Pin to room', () => void pin(message, !pinned))}
      {item('copy', 'Copy text', () => void copy(message.content, 'Text copied.'))}
      {item('link', 'Copy link', () => void copy(linkTo(message), 'Link copied.'))}
      {message.edited_at
        ? item('clock', 'Edit history', () => {
            dialog.value = { name: 'history', roomId: message.room_id, messageId: message.id }
          })
        : null}
      {mine || moderator ? item('trash', 'Delete', () => confirmDelete(message), true) : null}
    </div>
  )
}

function linkTo(message: Message): string {
  return location.origin + roomPath(message.room_id, { message: message.id, thread: message.thread_id })
}

async function copy(text: string, done: string): Promise<void> {
  if (!navigator.clipboard) return toast('This browser gives the clipboard only to secure pages.', 'error')
  if (await attempt(navigator.clipboard.writeText(text))) toast(done)
}

function confirmDelete(message: Message): void {
  dialog.value = {
    name: 'confirm',
    title: 'Delete this message?',
    text: 'It disappears for everybody in the room.',
    action: 'Delete',
    run: () => deleteMessage(message),
  }
}
