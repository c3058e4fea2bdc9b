/** Storage ports of core/chats: what src/db must offer. Absent rows are `null`, never an exception. */

export interface ChatRepositories {}
