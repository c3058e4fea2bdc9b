-- Messages by the first 44 bits of their hash (src/db/repositories/rooms/message-hashes.ts). Written in batches behind the
-- posts: the keys are random, so each would change a page of its own. And threads leave out what is in none.
DROP INDEX "hb_message_hash";--> statement-breakpoint
DROP INDEX "hb_message_thread_seq";--> statement-breakpoint
CREATE INDEX "hb_message_thread_seq" ON "hb_message" USING btree ("thread_id","seq") WHERE thread_id is not null;
--> statement-breakpoint
DROP INDEX IF EXISTS "hb_owui_message_parent";
--> statement-breakpoint
CREATE INDEX "hb_owui_message_parent" ON "message" ("parent_id", "created_at", "id") WHERE "parent_id" IS NOT NULL;
--> statement-breakpoint
CREATE TABLE "hb_message_by_hash" ("prefix" bigint NOT NULL, "seq" bigint NOT NULL, PRIMARY KEY ("prefix", "seq"));
--> statement-breakpoint
INSERT INTO "hb_message_by_hash" ("prefix", "seq")
SELECT ('x' || substr("hash", 1, 11))::bit(44)::bigint, "seq" FROM "hb_message" WHERE "hash" ~ '^[0-9a-f]{64}$' ORDER BY 1, 2;
