-- Chinese, Japanese and Korean words of one and two characters, which trigrams cannot find. One token a character or
-- pair (src/core/search/fold.ts). What is indexed already is indexed again, to come in here too.
ALTER TABLE "hb_message_text" ADD COLUMN "grams" text[];
--> statement-breakpoint
CREATE INDEX "hb_message_text_grams" ON "hb_message_text" USING gin ("grams");
--> statement-breakpoint
DELETE FROM "hb_index_state" WHERE "name" = 'message_fts';
--> statement-breakpoint
-- By time of change: what Open WebUI's own server did while we were away is found by it at start.
CREATE INDEX IF NOT EXISTS "hb_owui_message_updated" ON "message" ("updated_at");
