/** One call of an operation of a tool server: arguments into a request, its answer into a text for the model. */
import { isJson } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import type { ServerAnswer, ServerRequest } from '../ports.ts'
import type { Operation } from './openapi.ts'

/** What a model is told of one answer; the rest is cut off, and it is told so. */
export const RESULT_MAX_CHARS = 60_000

/** Throws an Error with a text for the model when the arguments do not make a request. */
export function requestOf(
  baseUrl: string,
  operation: Operation,
  input: Json,
): Pick<ServerRequest, 'method' | 'url' | 'body'> {
  let path = operation.path
  const query = new URLSearchParams()
  for (const { name, place, required } of operation.params) {
    const value = input[name]
    if (value === undefined || value === null || (value === '' && !required)) {
      if (place === 'path') throw new Error(`The argument ${name} is missing.`)
      continue
    }
    if (place === 'path') path = path.replaceAll(`{${name}}`, segment(name, value))
    else for (const one of Array.isArray(value) ? value : [value]) query.append(name, plain(one))
  }
  const search = query.size > 0 ? `?${query.toString()}` : ''
  const url = `${baseUrl.replace(/\/+$/, '')}${path}${search}`
  const body = bodyOf(operation, input)
  return { method: operation.method, url, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
}

/** One segment of the path; a model may not walk out of it. */
function segment(name: string, value: unknown): string {
  const text = plain(value)
  if (/^\.{1,2}$/.test(text)) throw new Error(`The argument ${name} is no name.`)
  return encodeURIComponent(text)
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** A parameter belongs into the body only where the body knows it too: strict servers refuse others. */
function bodyOf({ body, params }: Operation, input: Json): unknown {
  if (!body) return undefined
  if (body.whole !== null) return input[body.whole]
  const declared = new Set(params.map(({ name }) => name))
  return Object.fromEntries(
    Object.entries(input).filter(([name]) => body.properties.includes(name) || !declared.has(name)),
  )
}

/** Only arguments that the operation knows. */
export function knownArguments(operation: Operation, input: Json): Json {
  const known = operation.parameters['properties']
  return Object.fromEntries(
    Object.entries(input).filter(([name]) => isJson(known) && Object.hasOwn(known, name)),
  )
}

/** Throws an Error with what the server said when it refused. */
export function answerText(answer: ServerAnswer): string {
  const text = new TextDecoder().decode(answer.bytes)
  if (answer.status >= 400) throw new Error(`HTTP error ${answer.status}: ${cut(text, 4_000)}`)
  const type = answer.contentType.split(';', 1)[0]!.trim().toLowerCase()
  if (type === '' || type.startsWith('text/') || /\b(json|xml|yaml|javascript)$/.test(type)) return cut(text)
  return JSON.stringify({
    note: `The answer is no text (${type}, ${answer.bytes.length} bytes); it is not shown.`,
  })
}

export function cut(text: string, max = RESULT_MAX_CHARS): string {
  return text.length <= max ? text : `${text.slice(0, max)}… (${text.length - max} more characters)`
}
