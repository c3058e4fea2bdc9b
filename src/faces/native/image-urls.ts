/** `image_urls` of a message name pictures uploaded here before; nothing else may be linked in. */
import { fault } from '../../core/faults.ts'

const ownImage =
  /^\/uploads\/chat-images\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.[a-z]{3,4}$/

/** File ids of `/uploads/chat-images/<id>.<ext>` paths, with or without an origin. Throws `invalid` (400) for others. */
export function filesOfUrls(urls: readonly string[]): string[] {
  return urls.map((url) => {
    const path = URL.canParse(url) ? new URL(url).pathname : url
    const id = ownImage.exec(path)?.[1]
    if (!id) throw fault.invalid('message.image_url', 'Images are uploaded here first (POST /api/upload).')
    return id
  })
}
