/** What a room is before anybody changes a setting. */
import type { RoomAi } from '../types.ts'

export const defaultRoomAi: RoomAi = {
  model: null,
  respond: 'mention',
  systemPrompt: '',
  temperature: null,
  historyLimit: 50,
  tools: ['web_search', 'read_page', 'search_room'],
  budget: { tokensPerDay: null, per: 'room' },
}

/** Fills what is missing: rows may be older than a setting. */
export function completeRoomAi(stored: Partial<RoomAi>): RoomAi {
  return {
    ...defaultRoomAi,
    ...stored,
    budget: { ...defaultRoomAi.budget, ...stored.budget },
  }
}
