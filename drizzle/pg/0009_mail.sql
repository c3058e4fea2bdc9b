CREATE TABLE "hb_mail_token" (
	"hash" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"user_id" text NOT NULL,
	"email" text NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "hb_account" ADD COLUMN "verified_email" text;--> statement-breakpoint
CREATE INDEX "hb_mail_token_user" ON "hb_mail_token" USING btree ("user_id","kind");--> statement-breakpoint
CREATE INDEX "hb_mail_token_expiry" ON "hb_mail_token" USING btree ("expires_at");