/** What stands on a line of an import: parsed and checked, with every problem told by its line. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { AppFault } from '../../core/faults.ts'
import { checkContent } from '../../core/messages/content-rules.ts'
import type { Millis } from '../../core/types.ts'

export interface ImportLine {
  /** From 1. */
  number: number
  /** Lower case. */
  username: string
  content: string
  createdAt: Millis | null
  id: string | null
  thread: string | null
}

/** What is wrong with a line; the message does not name it. */
export class BadLine extends Error {
  override readonly name = 'BadLine'
}

/** Parsed lines, or what is wrong with each; empty lines are left out. */
export async function* readLines(
  file: string,
  maxChars: number,
): AsyncGenerator<ImportLine | { number: number; problem: string }> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })
  let number = 0
  for await (const text of lines) {
    number += 1
    if (text.trim() === '') continue
    try {
      yield parseLine(text, number, maxChars)
    } catch (error) {
      if (!(error instanceof BadLine || error instanceof AppFault)) throw error
      yield { number, problem: error.message }
    }
  }
}

/** Throws BadLine, or the fault of a text that no message may have. */
export function parseLine(text: string, number: number, maxChars: number): ImportLine {
  const line = objectOf(text)
  const username = line['username'] ?? line['sender']
  if (typeof username !== 'string' || username === '') throw new BadLine('"username" is missing.')
  if (typeof line['content'] !== 'string') throw new BadLine('"content" is missing, or no text.')
  return {
    number,
    username: username.toLowerCase(),
    content: checkContent(line['content'], false, maxChars),
    createdAt: timeOf(line['created_at']),
    id: nameOf(line['id'], 'id'),
    thread: nameOf(line['thread'], 'thread'),
  }
}

function objectOf(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BadLine('It is not valid JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadLine('It is not a JSON object.')
  return value as Record<string, unknown>
}

/** RFC 3339, or epoch milliseconds. */
function timeOf(value: unknown): Millis | null {
  if (value === undefined || value === null) return null
  const at = typeof value === 'string' ? Date.parse(value) : value
  if (typeof at === 'number' && Number.isInteger(at) && at > 0 && at < 8.64e15) return at
  throw new BadLine('"created_at" is neither a time like 2026-01-31T12:00:00Z nor epoch milliseconds.')
}

function nameOf(value: unknown, field: string): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' && value !== '' && value.length <= 128) return value
  throw new BadLine(`"${field}" is not a text of 1 to 128 characters.`)
}
