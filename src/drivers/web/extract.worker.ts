// The thread that text-extractor.ts hands pages to. One page at a time; whoever waits too long ends the thread.
import { extractText, type ExtractedText } from './extract-text.ts'

export interface ExtractAnswer {
  result: ExtractedText | null
}

declare const self: Worker

self.onmessage = (event: MessageEvent<string>) => {
  const answer: ExtractAnswer = { result: null }
  try {
    answer.result = extractText(event.data)
  } catch {
    // A page that cannot be read is answered with null; why is the page's affair.
  }
  self.postMessage(answer)
}
