/** Open WebUI's own DDL at its 0.12.4 head, statement by statement, as its server would have left it. */
import pgText from './openwebui.pg.sql' with { type: 'text' }
import sqliteText from './openwebui.sqlite.sql' with { type: 'text' }

export const openWebuiDdl = { sqlite: sqliteText, pg: pgText }
