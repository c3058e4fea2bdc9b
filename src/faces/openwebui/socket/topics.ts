/** What sockets of this face hear on. */

export const userTopic = (userId: string): string => `openwebui:user:${userId}`
export const roomTopic = (roomId: string): string => `openwebui:room:${roomId}`
/** `chat:<id>`, `note:<id>`, `doc_<id>`: joined on request. */
export const openTopic = (topic: string): string => `openwebui:${topic}`

export const isChannel = (topic: string): boolean => topic.startsWith(roomTopic(''))
