// The thread that document-reader.ts hands documents to. One at a time; whoever takes too long ends the thread.
import { chunkParts, type Chunk, type ChunkRules } from '../../core/retrieval/chunk-parts.ts'
import type { DocumentPart, DocumentSource } from '../../core/ports.ts'
import { readDocument } from './read-document.ts'
import { DocumentUnreadable } from './unreadable.ts'

export type DocumentJob =
  | { kind: 'read'; source: DocumentSource }
  | { kind: 'chunk'; parts: readonly DocumentPart[]; rules: ChunkRules }

export type DocumentAnswer =
  | { parts: DocumentPart[] }
  | { chunks: Chunk[] }
  /** A text for people; null where only we know what went wrong. */
  | { failure: string | null }

declare const self: Worker

self.onmessage = async (event: MessageEvent<DocumentJob>) => {
  self.postMessage(await answerTo(event.data))
}

async function answerTo(job: DocumentJob): Promise<DocumentAnswer> {
  try {
    if (job.kind === 'chunk') return { chunks: chunkParts(job.parts, job.rules) }
    return { parts: await readDocument(job.source) }
  } catch (error) {
    return { failure: error instanceof DocumentUnreadable ? error.message : null }
  }
}
