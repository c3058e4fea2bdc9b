/** How a group of repositories is offered: each is made by itself, for a unit of work needs few of them. */
import type { Conn } from '../conn.ts'

export type Factories<Group> = { [Name in keyof Group]: (conn: Conn) => Group[Name] }
