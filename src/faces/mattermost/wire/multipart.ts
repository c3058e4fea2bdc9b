/** Reads file uploads: multipart forms, and raw bodies with the name in the query. */
import { MmError, refuse } from '../errors.ts'
import type { OpenCall } from './call.ts'

export interface SentFile {
  name: string
  contentType: string
  bytes: Uint8Array
}

export interface SentForm {
  fields: Map<string, string[]>
  files: { field: string; file: SentFile }[]
}

/** 413 by the announced length before a byte is read; Bun's own limit cuts what lies about it. */
export async function readForm(call: OpenCall, maxBytes: number): Promise<SentForm> {
  const length = Number(call.header('content-length') ?? 0)
  if (length > maxBytes + 64 * 1024) throw tooLarge()
  const form = await formData(call)
  const out: SentForm = { fields: new Map(), files: [] }
  for (const [field, value] of form.entries()) {
    if (typeof value === 'string') out.fields.set(field, [...(out.fields.get(field) ?? []), value])
    else out.files.push({ field, file: await fileOf(value, maxBytes) })
  }
  return out
}

export async function readBytes(call: OpenCall, maxBytes: number): Promise<Uint8Array> {
  if (Number(call.header('content-length') ?? 0) > maxBytes) throw tooLarge()
  const bytes = new Uint8Array(await call.request.arrayBuffer())
  if (bytes.length > maxBytes) throw tooLarge()
  return bytes
}

async function formData(call: OpenCall): Promise<FormData> {
  try {
    return await call.request.formData()
  } catch {
    throw refuse.bodyParam('form')
  }
}

async function fileOf(sent: File, maxBytes: number): Promise<SentFile> {
  if (sent.size > maxBytes) throw tooLarge()
  return {
    name: sent.name,
    contentType: sent.type || 'application/octet-stream',
    bytes: new Uint8Array(await sent.arrayBuffer()),
  }
}

function tooLarge(): MmError {
  return new MmError(413, 'api.file.upload_file.too_large_detailed.app_error', 'The file is too large.')
}
