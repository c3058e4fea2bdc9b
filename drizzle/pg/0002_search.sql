-- The text that is searched, one row a message. Its trigram index is made at start (src/db/pg/trigram.ts), since
-- the extension pg_trgm may not be permitted, and then search works too, only slower.
CREATE TABLE "hb_message_text" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"room_id" text NOT NULL,
	"text" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "hb_message_text_room" ON "hb_message_text" USING btree ("room_id", "seq");
