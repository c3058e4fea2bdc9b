-- Messages by the first 44 bits of their hash (src/db/repositories/rooms/message-hashes.ts). Written in batches behind the
-- posts: the keys are random, so each would change a page of its own. And threads leave out what is in none.
DROP INDEX `hb_message_hash`;--> statement-breakpoint
DROP INDEX `hb_message_thread_seq`;--> statement-breakpoint
CREATE INDEX `hb_message_thread_seq` ON `hb_message` (`thread_id`,`seq`) WHERE thread_id is not null;
--> statement-breakpoint
DROP INDEX IF EXISTS `hb_owui_message_parent`;
--> statement-breakpoint
CREATE INDEX `hb_owui_message_parent` ON `message` (`parent_id`, `created_at`, `id`) WHERE `parent_id` IS NOT NULL;
--> statement-breakpoint
CREATE TABLE `hb_message_by_hash` (`prefix` integer NOT NULL, `seq` integer NOT NULL, PRIMARY KEY (`prefix`, `seq`)) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `hb_message_by_hash` (`prefix`, `seq`) SELECT
  ((instr('0123456789abcdef', substr(`hash`, 1, 1)) - 1) << 40) |
  ((instr('0123456789abcdef', substr(`hash`, 2, 1)) - 1) << 36) |
  ((instr('0123456789abcdef', substr(`hash`, 3, 1)) - 1) << 32) |
  ((instr('0123456789abcdef', substr(`hash`, 4, 1)) - 1) << 28) |
  ((instr('0123456789abcdef', substr(`hash`, 5, 1)) - 1) << 24) |
  ((instr('0123456789abcdef', substr(`hash`, 6, 1)) - 1) << 20) |
  ((instr('0123456789abcdef', substr(`hash`, 7, 1)) - 1) << 16) |
  ((instr('0123456789abcdef', substr(`hash`, 8, 1)) - 1) << 12) |
  ((instr('0123456789abcdef', substr(`hash`, 9, 1)) - 1) << 8) |
  ((instr('0123456789abcdef', substr(`hash`, 10, 1)) - 1) << 4) |
  ((instr('0123456789abcdef', substr(`hash`, 11, 1)) - 1) << 0) AS `start`, `seq`
FROM `hb_message` WHERE `hash` <> '' ORDER BY 1, 2;
