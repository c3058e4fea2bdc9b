/** Runs the calls that a person has allowed, one after the other, each stored before and after. */
import type { OpenwebuiContext } from './context.ts'
import { callTool, type CallResult } from './run-tools.ts'
import type { Json } from './rows.ts'
import { citingMark, type TurnRequest } from './run-turn.ts'
import { waitingCalls, type createToolApprovals } from './tool-approvals.ts'
import { turnTools, type ToolSource } from './turn-tools.ts'

export interface ApprovedRun {
  source: ToolSource
  params: Json
  signal: AbortSignal
  /** One taker at a time; `over` is called before a verdict can be given that nobody would hear. */
  alone<T>(work: () => Promise<T>): Promise<T>
  over(): void
  /** As TurnRequest has it. */
  cite: TurnRequest['cite']
  /** Tells the output as it is now. */
  told(output: Json[], done: boolean): void
}

/** The output when the model can go on; null when another call waits for a person, or the run was stopped. */
export async function runApprovedCalls(
  context: OpenwebuiContext,
  approvals: ReturnType<typeof createToolApprovals>,
  run: ApprovedRun,
): Promise<Json[] | null> {
  const { chatId, messageId } = run.source
  const all = run.params['tool_approval_mode'] === 'full'
  const tools = await turnTools(context, run.source, run.params)
  for (let fresh = true; ; fresh = false) {
    const call = await run.alone(async () => {
      const taken = await approvals.take(chatId, messageId, { all, fresh })
      if (!taken) run.over()
      return taken
    })
    if (!call) return null
    let result: CallResult | null = null
    try {
      result = await callTool(tools, call, run.signal)
      if (result.source) result = { ...result, text: result.text + citingMark(run.cite(result.source)) }
    } catch (error) {
      if (!run.signal.aborted) throw error
    }
    const output = await approvals.settle(chatId, messageId, call.callId, result)
    run.told(output, result === null)
    if (result === null) return null
    if (waitingCalls(output).length === 0) return output
  }
}
