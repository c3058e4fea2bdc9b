-- Tombstones, to count them without reading the messages (comparing with Open WebUI's table at start).
CREATE INDEX "hb_message_deleted" ON "hb_message" ("seq") WHERE "deleted_at" IS NOT NULL;
