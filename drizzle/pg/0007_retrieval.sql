CREATE TABLE "hb_chunk" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"collection" text NOT NULL,
	"at" bigint NOT NULL,
	"text" text NOT NULL,
	"meta" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hb_chunk_vector" (
	"chunk_id" bigint PRIMARY KEY NOT NULL,
	"collection" text NOT NULL,
	"bits" "bytea" NOT NULL,
	"vector" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hb_collection" (
	"name" text PRIMARY KEY NOT NULL,
	"owner_id" text NOT NULL,
	"fingerprint" text NOT NULL,
	"model" text,
	"chunks" bigint NOT NULL,
	"chars" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "hb_chunk_collection" ON "hb_chunk" USING btree ("collection","at");--> statement-breakpoint
CREATE INDEX "hb_chunk_vector_collection" ON "hb_chunk_vector" USING btree ("collection","chunk_id");
--> statement-breakpoint
-- Words of the pieces (src/core/retrieval/search-words.ts), as they stand there and each once.
CREATE TABLE "hb_chunk_words" (
	"chunk_id" bigint PRIMARY KEY NOT NULL,
	"collection" text NOT NULL,
	"words" text NOT NULL,
	"terms" text[] NOT NULL
);
--> statement-breakpoint
CREATE INDEX "hb_chunk_words_collection" ON "hb_chunk_words" USING btree ("collection");
--> statement-breakpoint
CREATE INDEX "hb_chunk_words_terms" ON "hb_chunk_words" USING gin ("terms");
