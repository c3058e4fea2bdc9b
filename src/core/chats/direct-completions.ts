/** Completions that belong to no chat: for routes that imitate a model API. The caller resolved the model. */
import type { ChatDelta, ChatRequest } from '../ports.ts'
import { createAdmission } from './admission.ts'
import type { OpenwebuiContext } from './context.ts'
import { askTask, taskPrompt, type TaskKind, type TaskMessage } from './run-tasks.ts'

export type Completions = ReturnType<typeof createCompletions>

export function createCompletions(context: OpenwebuiContext) {
  return {
    /** Asked before every question to a model. */
    admit: createAdmission(context),

    stream: (request: ChatRequest): AsyncIterable<ChatDelta> => context.deps.models.stream(request),

    /** One of the small questions about a conversation; the model's whole answer. */
    task(
      kind: TaskKind,
      input: { upstreamId: string; messages: readonly TaskMessage[]; prompt: string; signal: AbortSignal },
    ): Promise<string> {
      const prompt = taskPrompt(context, kind, input.messages, input.prompt)
      return askTask(context, input.upstreamId, prompt, input.signal)
    },
  }
}
