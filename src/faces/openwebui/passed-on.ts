/** An answer of a model provider as this face gives it on: its status, type and body, none of its other headers. */
export function passed(answer: Response): Response {
  const type = answer.headers.get('content-type') ?? 'application/json'
  const isStream = /event-stream|ndjson/.test(type)
  return new Response(answer.body, {
    status: answer.status,
    headers: {
      'content-type': type,
      'cache-control': 'no-cache',
      ...(isStream ? { 'x-accel-buffering': 'no' } : {}),
    },
  })
}
