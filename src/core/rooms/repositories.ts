/** Storage ports of core/rooms: what src/db must offer. Absent rows are `null`, never an exception. */

export interface RoomRepositories {}
