-- Chinese, Japanese and Korean words of one and two characters, which trigrams cannot find. One token a character or
-- pair (src/core/search/fold.ts); rowid = hb_message.seq. What is indexed already is indexed again, to come in here too.
CREATE VIRTUAL TABLE `hb_message_short` USING fts5(`grams`, tokenize='unicode61 remove_diacritics 0', content='', contentless_delete=1, detail=none);
--> statement-breakpoint
DELETE FROM `hb_index_state` WHERE `name` = 'message_fts';
--> statement-breakpoint
-- By time of change: what Open WebUI's own server did while we were away is found by it at start.
CREATE INDEX IF NOT EXISTS `hb_owui_message_updated` ON `message` (`updated_at`);
