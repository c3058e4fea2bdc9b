/** `/openai/responses`, speech of OpenAI, and everything else below `/openai` where the environment allows it. */
import { Elysia, t } from 'elysia'
import type { Actor } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import { Detail } from '../errors.ts'
import { dict, form } from '../forms.ts'
import type { FaceContext } from '../module.ts'
import { passed } from '../passed-on.ts'

const Asked = form({ model: t.String({ minLength: 1, maxLength: 1000 }) })
const OFF = 'Direct API passthrough is disabled. Set ENABLE_OPENAI_API_PASSTHROUGH=True to enable.'

export const openaiPass = (face: FaceContext) => {
  const { openaiPass: part } = face.core
  const anything = ({ actor, request }: { actor: Actor; request: Request }) => pass(face, actor, request)
  // The body goes on as it came: nothing reads it here.
  const raw = { rank: 'user', parse: 'none' } as const
  return new Elysia({ name: 'openwebui.openai-pass', prefix: '/openai' })
    .use(openwebuiAuth(face.core))
    .post(
      '/responses',
      async ({ actor, body, request }) => passed(await part.responses(actor, body, request.signal)),
      { rank: 'user', body: Asked },
    )
    .post(
      '/audio/speech',
      async ({ actor, body, request }) => passed(await part.speech(actor, body, request.signal)),
      { rank: 'user', body: dict },
    )
    .get('/*', anything, { rank: 'user' })
    .post('/*', anything, raw)
    .put('/*', anything, raw)
    .delete('/*', anything, raw)
}

async function pass(face: FaceContext, actor: Actor, request: Request): Promise<Response> {
  if (!face.config.openwebui.openaiPassthrough) throw new Detail(403, OFF)
  const { pathname, search } = new URL(request.url)
  const answer = await face.core.openaiPass.pass(actor, {
    method: request.method,
    path: `${pathname.slice(pathname.indexOf('/openai/') + '/openai'.length)}${search}`,
    contentType: request.headers.get('content-type'),
    body: request.body === null ? null : new Uint8Array(await request.arrayBuffer()),
    signal: request.signal,
  })
  return passed(answer)
}
