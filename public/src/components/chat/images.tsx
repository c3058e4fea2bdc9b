/** Pictures of a message. Their place is reserved before they load. */
import type { Image, Message } from '../../lib/types.ts'
import { fileSize } from '../../lib/time.ts'
import { dialog } from '../../stores/ui.ts'
import { Icon } from '../icon.tsx'

const MAX_WIDTH = 420
const MAX_HEIGHT = 320

/** Size on screen in CSS pixels, within the limits, never enlarged. */
export function shownSize(image: Image): { width: number; height: number } {
  const width = image.width ?? 320
  const height = image.height ?? 240
  const scale = Math.min(1, MAX_WIDTH / width, MAX_HEIGHT / height)
  return { width: Math.max(24, Math.round(width * scale)), height: Math.max(24, Math.round(height * scale)) }
}

export function Images({ message }: { message: Pick<Message, 'images' | 'files' | 'sender'> }) {
  const files = message.files.filter((file) => !message.images.some((image) => image.url === file.url))
  if (message.images.length === 0 && files.length === 0) return null
  return (
    <div class="images">
      {message.images.map((image) => (
        <Picture key={image.url} image={image} by={message.sender.display_name} />
      ))}
      {files.map((file) => (
        <a key={file.id} class="file" href={file.url} download={file.name ?? ''}>
          <Icon name="copy" />
          <span>{file.name ?? 'File'}</span>
          {file.size ? <small>{fileSize(file.size)}</small> : null}
        </a>
      ))}
    </div>
  )
}

function Picture({ image, by }: { image: Image; by: string }) {
  const { width, height } = shownSize(image)
  const alt = `Image from ${by}`
  return (
    <button
      type="button"
      class="picture"
      style={{ width: `${width}px`, aspectRatio: `${width} / ${height}` }}
      aria-label={`${alt}, open large`}
      onClick={() => (dialog.value = { name: 'image', url: image.url, alt })}
    >
      <img src={image.url} alt={alt} width={width} height={height} loading="lazy" decoding="async" />
    </button>
  )
}
