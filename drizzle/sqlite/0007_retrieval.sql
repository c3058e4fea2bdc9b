CREATE TABLE `hb_chunk` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`collection` text NOT NULL,
	`at` integer NOT NULL,
	`text` text NOT NULL,
	`meta` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hb_chunk_collection` ON `hb_chunk` (`collection`,`at`);--> statement-breakpoint
CREATE TABLE `hb_chunk_vector` (
	`chunk_id` integer PRIMARY KEY NOT NULL,
	`collection` text NOT NULL,
	`bits` blob NOT NULL,
	`vector` blob NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hb_chunk_vector_collection` ON `hb_chunk_vector` (`collection`,`chunk_id`);--> statement-breakpoint
CREATE TABLE `hb_collection` (
	`name` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`fingerprint` text NOT NULL,
	`model` text,
	`chunks` integer NOT NULL,
	`chars` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
-- Words of the pieces (src/core/retrieval/search-words.ts); rowid = hb_chunk.id. The collection, without its dashes, is
-- searched along, so that a search in a few files does not rank the pieces of all.
CREATE VIRTUAL TABLE `hb_chunk_fts` USING fts5(`collection`, `words`, content='', contentless_delete=1);
