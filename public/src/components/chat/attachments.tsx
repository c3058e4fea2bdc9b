/** Pictures that will go with the next message: preview, progress, removal. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { messageOf } from '../../api/client.ts'
import { refuseImage, uploadImage } from '../../api/upload.ts'
import type { Image } from '../../lib/types.ts'
import { toast } from '../../stores/ui.ts'
import { IconButton } from '../controls.tsx'

const MOST = 10

interface Attachment {
  id: number
  name: string
  preview: string
  share: number
  image: Image | null
  cancel: AbortController
}

export interface Attachments {
  list: Attachment[]
  done: Image[]
  busy: boolean
  add: (files: File[]) => void
  remove: (id: number) => void
  clear: () => void
}

let lastId = 0

export function useAttachments(): Attachments {
  const [list, setList] = useState<Attachment[]>([])
  const current = useRef(list)
  current.current = list
  const patch = (id: number, change: Partial<Attachment>) =>
    setList((items) => items.map((item) => (item.id === id ? { ...item, ...change } : item)))
  const remove = (id: number) => {
    const item = current.current.find((known) => known.id === id)
    if (!item) return
    item.cancel.abort()
    URL.revokeObjectURL(item.preview)
    setList((items) => items.filter((known) => known.id !== id))
  }
  const start = async (file: File, item: Attachment) => {
    try {
      const upload = await uploadImage(file, (share) => patch(item.id, { share }), item.cancel.signal)
      const { url, width, height } = upload
      patch(item.id, { share: 1, image: { url, width, height } })
    } catch (error) {
      if (!item.cancel.signal.aborted) toast(`${file.name}: ${messageOf(error)}`, 'error')
      remove(item.id)
    }
  }
  const add = (files: File[]) => {
    for (const file of files.slice(0, MOST - current.current.length)) {
      const refusal = refuseImage(file)
      if (refusal) {
        toast(`${file.name}: ${refusal}`, 'error')
        continue
      }
      lastId += 1
      const preview = URL.createObjectURL(file)
      const cancel = new AbortController()
      const item = { id: lastId, name: file.name, preview, share: 0, image: null, cancel }
      current.current = [...current.current, item]
      setList((items) => [...items, item])
      void start(file, item)
    }
  }
  const clear = () => {
    for (const item of current.current) URL.revokeObjectURL(item.preview)
    setList([])
  }
  useEffect(
    () => () => {
      for (const item of current.current) item.cancel.abort()
    },
    [],
  )
  return {
    list,
    done: list.flatMap((item) => (item.image ? [item.image] : [])),
    busy: list.some((item) => !item.image),
    add,
    remove,
    clear,
  }
}

export function AttachmentList({ attachments }: { attachments: Attachments }) {
  if (attachments.list.length === 0) return null
  return (
    <ul class="attachments">
      {attachments.list.map((item) => (
        <li key={item.id} class="attachment" data-testid="attachment" data-done={item.image !== null}>
          <img src={item.preview} alt={item.name} />
          {item.image ? null : <progress value={item.share} max={1} aria-label={`Uploading ${item.name}`} />}
          <IconButton
            icon="close"
            size={14}
            label={`Remove ${item.name}`}
            onClick={() => attachments.remove(item.id)}
          />
        </li>
      ))}
    </ul>
  )
}
