/** Takes files out of the store once their rows are gone. What fails is logged: nothing points there any more. */
import type { RoomsContext } from '../rooms/context.ts'

export async function deleteBytes(
  ctx: RoomsContext,
  files: readonly { key: string; thumbKey: string | null }[],
): Promise<void> {
  for (const key of files.flatMap((file) => (file.thumbKey ? [file.key, file.thumbKey] : [file.key]))) {
    try {
      await ctx.deps.files.delete(key)
    } catch (error) {
      ctx.deps.log.warn('a file could not be deleted', { key, error })
    }
  }
}
