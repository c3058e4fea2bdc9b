/**
 * Tool calls of a saved chat that wait for a person. The turn itself keeps them (`pending` is shown, the others are
 * `queued`), with what is needed to go on (`meta`), so an answer waits as long as it takes, over restarts too.
 */
import { fault } from '../faults.ts'
import type { Actor } from '../types.ts'
import { addMessageRows, changeChat } from './chat-store.ts'
import type { CompletionInput } from './completion-input.ts'
import { isJson, jsonOf, listOf, textOf, type OpenwebuiContext } from './context.ts'
import { historyOf, upsertMessage, type ChatMessage } from './history.ts'
import { openCalls } from './output.ts'
import { plainText } from './prompt.ts'
import type { ChatRow, Json } from './rows.ts'
import type { CallResult } from './run-tools.ts'

export type Verdict = 'approve' | 'reject' | 'answer'

export interface WaitingCall {
  callId: string
  name: string
  arguments: string
}

const WAITING = new Set(['pending', 'queued', 'requires_approval'])
const INTERRUPTED = 'Error: tool execution was interrupted; its outcome is unknown.'

/** Calls that still are to be allowed, run or settled. */
export function waitingCalls(output: readonly Json[]): Json[] {
  return openCalls(output).filter(({ status }) => status === 'in_progress' || WAITING.has(String(status)))
}

/** What a turn keeps for when its calls were allowed; no secret is among it. */
export function resumeMeta(input: CompletionInput): Json {
  const given = input.messages.find((message) => message['role'] === 'system')
  const system = plainText(given?.['content'])
  return {
    session_id: input.sessionId,
    tool_ids: input.toolIds,
    tool_servers: input.toolServers.map(({ url, specs, info }) => ({ url, specs, info })),
    features: input.features,
    variables: input.variables,
    files: input.files ?? [],
    params: system && !input.params['system'] ? { ...input.params, system } : input.params,
  }
}

export function createToolApprovals(context: OpenwebuiContext) {
  /** Changes a turn's output in both places. Throws not-found when it is gone. */
  async function edit<T>(
    chatId: string,
    messageId: string,
    change: (output: Json[], message: ChatMessage, row: ChatRow) => { result: T; done: boolean },
  ): Promise<T> {
    const { seconds } = context.now()
    return context.write(async (tables) => {
      const row = await tables.chats.getForChange({ id: chatId })
      const history = historyOf(row?.chat)
      const message = history.messages[messageId]
      if (!row || !message) throw fault.notFound('chat.message_not_found')
      const output = structuredClone(listOf(message['output']).filter(isJson))
      const { result, done } = change(output, message, row)
      const currentId = history.currentId
      const saved = upsertMessage(history, messageId, { output, done }, seconds)
      history.currentId = currentId
      await addMessageRows(tables, row.id, row.userId, { [messageId]: saved }, seconds)
      await changeChat(tables, row, { chat: { ...jsonOf(row.chat), history } })
      return result
    })
  }

  return {
    /** A person's verdict on one call. `next` says what can go on now, when nothing is at work already. */
    resolve: (
      actor: Actor,
      chatId: string,
      messageId: string,
      { callId, verdict, working }: { callId: string; verdict: Verdict; working: boolean },
    ) =>
      edit(chatId, messageId, (output, message, row) => {
        if ((textOf(message['user_id']) ?? row.userId) !== actor.user.id) throw fault.forbidden()
        const call = output.find((item) => item['type'] === 'function_call' && item['call_id'] === callId)
        if (!call) throw fault.notFound('chat.tool_call_not_found')
        const open = openCalls(output).includes(call) && WAITING.has(String(call['status']))
        if (!open || call['approved'] === true)
          throw fault.conflict('chat.tool_call_resolved', 'Tool call has already been resolved.')
        if (verdict === 'answer')
          throw fault.invalid('chat.tool_call_no_answer', 'Tool call does not accept answers.')
        if (verdict === 'approve') Object.assign(call, { status: 'queued', approved: true })
        else {
          call['status'] = 'rejected'
          output.push(outputItem(callId, 'rejected', 'Error: tool call rejected by user.'))
        }
        const [first] = waitingCalls(output)
        const next = working ? null : verdict === 'approve' ? 'tools' : first ? null : 'model'
        if (!working && next === null && first) first['status'] = 'pending'
        return { result: { output, next: next as 'tools' | 'model' | null, message, row }, done: false }
      }),

    /**
     * The next call that may run, now marked as running; null = none may. With `all`, none has to be allowed. What a
     * server that is gone had begun (`fresh`) is settled as interrupted.
     */
    take: (chatId: string, messageId: string, { all, fresh }: { all: boolean; fresh: boolean }) =>
      edit<WaitingCall | null>(chatId, messageId, (output) => {
        for (const call of waitingCalls(output).filter(({ status }) => fresh && status === 'in_progress')) {
          call['status'] = 'incomplete'
          output.push(outputItem(String(call['call_id']), 'incomplete', INTERRUPTED))
        }
        const waiting = waitingCalls(output)
        const call = waiting.find((item) => all || item['approved'] === true)
        if (call) call['status'] = 'in_progress'
        else if (waiting[0]) waiting[0]['status'] = 'pending'
        const taken = call && {
          callId: String(call['call_id']),
          name: String(call['name']),
          arguments: String(call['arguments'] ?? ''),
        }
        return { result: taken ?? null, done: false }
      }),

    /** What a call gave; null = it was cut off, and the answer ends there. Gives the output as it is now. */
    settle: (chatId: string, messageId: string, callId: string, result: CallResult | null) =>
      edit(chatId, messageId, (output) => {
        const status = result === null ? 'incomplete' : result.failed ? 'failed' : 'completed'
        const call = output.find((item) => item['type'] === 'function_call' && item['call_id'] === callId)
        if (call) call['status'] = status
        output.push(outputItem(callId, status, result?.text ?? INTERRUPTED))
        const next = waitingCalls(output).find((item) => item['approved'] !== true)
        if (next) next['status'] = 'pending'
        return { result: output, done: result === null }
      }),

    /** The question again, as it was asked, from what the turn kept. */
    inputOf(
      row: ChatRow,
      message: ChatMessage,
      messageId: string,
      credential: string | null,
    ): CompletionInput {
      const [chat, meta] = [jsonOf(row.chat), jsonOf(message['meta'])]
      const own = (textOf(message['user_id']) ?? row.userId) === row.userId
      const chatParams = own ? jsonOf(chat['params']) : {}
      const params: Json = { ...chatParams, ...jsonOf(meta['params']) }
      const mode = chatParams['tool_approval_mode']
      const asking = mode === 'ask' || mode === 'full' ? mode : (params['tool_approval_mode'] ?? 'ask')
      const model = textOf(message['model']) ?? textOf(listOf(chat['models'])[0]) ?? ''
      const question = historyOf(chat).messages[message.parentId ?? '']
      return {
        model,
        messages: [],
        params: { ...params, tool_approval_mode: asking },
        files: listOf(meta['files'] ?? chat['files']).filter(isJson),
        features: jsonOf(meta['features']),
        toolIds: listOf(meta['tool_ids']).filter((id) => typeof id === 'string'),
        toolServers: listOf(meta['tool_servers']).filter(isJson),
        direct: null,
        credential,
        variables: jsonOf(meta['variables']),
        chatVariables: own ? jsonOf(row.variables) : {},
        sessionId: textOf(meta['session_id']) ?? '',
        chatId: row.id,
        folderId: row.folderId,
        isNew: false,
        slots: [{ modelId: model, messageId, modelIdx: null }],
        userMessage: question ?? null,
        assistantMessageId: messageId,
        regenerationPrompt: null,
        regenerationMessageId: null,
        tasks: { title: null, tags: false, followUps: false },
      }
    },
  }
}

const outputItem = (callId: string, status: string, text: string): Json => ({
  type: 'function_call_output',
  id: `fco_${callId}`,
  call_id: callId,
  output: [{ type: 'input_text', text }],
  status,
})
