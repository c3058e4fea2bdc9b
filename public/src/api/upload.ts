/**
 * Uploads with progress. XMLHttpRequest, because fetch cannot report how much
 * of a body has been sent.
 */
import type { Upload } from '../lib/types.ts'
import { ApiError, currentToken, toApiError } from './client.ts'

/** Largest image that the server takes, in bytes. */
export const MAX_IMAGE_BYTES = 5 * 1024 * 1024

/** Image types that the server re-encodes. */
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif']

/** Why a file cannot be sent, in words for the person; null when it can. */
export function refuseImage(file: { type: string; size: number }): string | null {
  if (!IMAGE_TYPES.includes(file.type)) {
    return 'Only PNG, JPEG, WebP and GIF images can be sent.'
  }
  if (file.size > MAX_IMAGE_BYTES) return 'Images may be up to 5 MB.'
  return null
}

/** Sends one image; `onProgress` gets 0 to 1. Abort by the signal. */
export function uploadImage(
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open('POST', '/api/upload')
    const token = currentToken()
    if (token) xhr.setRequestHeader('authorization', `Bearer ${token}`)
    xhr.responseType = 'json'
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    }
    xhr.onload = () => {
      if (xhr.status >= 200 && xhr.status < 300) resolve(xhr.response as Upload)
      else {
        const retry = xhr.getResponseHeader('retry-after')
        reject(toApiError(xhr.status, xhr.response, retry))
      }
    }
    xhr.onerror = () => reject(new ApiError(0, 'offline', 'The upload was cut off.'))
    xhr.onabort = () => reject(new ApiError(0, 'aborted', 'Upload cancelled.'))
    signal.addEventListener('abort', () => xhr.abort(), { once: true })
    const form = new FormData()
    form.set('file', file)
    xhr.send(form)
  })
}
