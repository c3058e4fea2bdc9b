CREATE TABLE "hb_account" (
	"user_id" text PRIMARY KEY NOT NULL,
	"username_lower" text NOT NULL,
	"is_bot" boolean DEFAULT false NOT NULL,
	"bot_model" text,
	"bot_owner_id" text,
	"deactivated_at" bigint,
	"deleted_at" bigint,
	"password_changed_at" bigint DEFAULT 0 NOT NULL,
	"failed_attempts" bigint DEFAULT 0 NOT NULL,
	"locked_until" bigint,
	"avatar_key" text,
	"avatar_updated_at" bigint DEFAULT 0 NOT NULL,
	"first_name" text DEFAULT '' NOT NULL,
	"last_name" text DEFAULT '' NOT NULL,
	"nickname" text DEFAULT '' NOT NULL,
	"position" text DEFAULT '' NOT NULL,
	"locale" text DEFAULT '' NOT NULL,
	"timezone" text DEFAULT '{}' NOT NULL,
	"notify_props" text DEFAULT '{}' NOT NULL,
	"props" text DEFAULT '{}' NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hb_api_key" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"kind" text NOT NULL,
	"prefix" text NOT NULL,
	"token_hash" text NOT NULL,
	"scopes" text NOT NULL,
	"expires_at" bigint,
	"last_used_at" bigint,
	"created_at" bigint NOT NULL,
	"revoked_at" bigint
);
--> statement-breakpoint
CREATE TABLE "hb_audit" (
	"id" text PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"actor_id" text,
	"action" text NOT NULL,
	"target_type" text NOT NULL,
	"target_id" text NOT NULL,
	"ip" text,
	"details" text DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hb_category" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"team_id" text NOT NULL,
	"kind" text NOT NULL,
	"display_name" text NOT NULL,
	"sorting" text DEFAULT '' NOT NULL,
	"sort_order" bigint DEFAULT 0 NOT NULL,
	"muted" boolean DEFAULT false NOT NULL,
	"collapsed" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hb_category_room" (
	"category_id" text NOT NULL,
	"room_id" text NOT NULL,
	"user_id" text NOT NULL,
	"sort_order" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "hb_category_room_category_id_room_id_pk" PRIMARY KEY("category_id","room_id")
);
--> statement-breakpoint
CREATE TABLE "hb_draft" (
	"user_id" text NOT NULL,
	"room_id" text NOT NULL,
	"root_id" text DEFAULT '' NOT NULL,
	"message" text NOT NULL,
	"props" text DEFAULT '{}' NOT NULL,
	"file_ids" text DEFAULT '[]' NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "hb_draft_user_id_room_id_root_id_pk" PRIMARY KEY("user_id","room_id","root_id")
);
--> statement-breakpoint
CREATE TABLE "hb_emoji" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"creator_id" text NOT NULL,
	"store_key" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"deleted_at" bigint
);
--> statement-breakpoint
CREATE TABLE "hb_file" (
	"file_id" text PRIMARY KEY NOT NULL,
	"owner_id" text NOT NULL,
	"room_id" text,
	"message_id" text,
	"kind" text NOT NULL,
	"store_key" text NOT NULL,
	"name" text NOT NULL,
	"content_type" text NOT NULL,
	"size" bigint NOT NULL,
	"width" bigint,
	"height" bigint,
	"blurhash" text,
	"thumb_key" text,
	"sha256" text NOT NULL,
	"props" text DEFAULT '{}' NOT NULL,
	"created_at" bigint NOT NULL,
	"deleted_at" bigint
);
--> statement-breakpoint
CREATE TABLE "hb_index_state" (
	"name" text PRIMARY KEY NOT NULL,
	"value" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hb_invite" (
	"token" text PRIMARY KEY NOT NULL,
	"room_id" text NOT NULL,
	"team_id" text,
	"created_by" text NOT NULL,
	"max_uses" bigint,
	"uses" bigint DEFAULT 0 NOT NULL,
	"expires_at" bigint,
	"revoked_at" bigint,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hb_invite_use" (
	"token" text NOT NULL,
	"user_id" text NOT NULL,
	"used_at" bigint NOT NULL,
	CONSTRAINT "hb_invite_use_token_user_id_pk" PRIMARY KEY("token","user_id")
);
--> statement-breakpoint
CREATE TABLE "hb_member" (
	"room_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" text NOT NULL,
	"joined_at" bigint NOT NULL,
	"last_read_at" bigint DEFAULT 0 NOT NULL,
	"last_read_message_id" text,
	"read_count" bigint DEFAULT 0 NOT NULL,
	"read_root_count" bigint DEFAULT 0 NOT NULL,
	"mention_count" bigint DEFAULT 0 NOT NULL,
	"mention_root_count" bigint DEFAULT 0 NOT NULL,
	"muted" boolean DEFAULT false NOT NULL,
	"favourite" boolean DEFAULT false NOT NULL,
	"hidden" boolean DEFAULT false NOT NULL,
	"notify_props" text DEFAULT '{}' NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "hb_member_room_id_user_id_pk" PRIMARY KEY("room_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "hb_message" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"message_id" text NOT NULL,
	"room_id" text NOT NULL,
	"sender_id" text NOT NULL,
	"ordinal" bigint NOT NULL,
	"root_ordinal" bigint NOT NULL,
	"kind" text DEFAULT 'user' NOT NULL,
	"hash" text NOT NULL,
	"previous" text,
	"client_id" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"edited_at" bigint,
	"deleted_at" bigint,
	"deleted_by" text,
	"mentions" text DEFAULT '[]' NOT NULL,
	"props" text DEFAULT '{}' NOT NULL,
	"ai" text,
	"reply_count" bigint DEFAULT 0 NOT NULL,
	"last_reply_at" bigint,
	"thread_id" text
);
--> statement-breakpoint
CREATE TABLE "hb_message_edit" (
	"id" text PRIMARY KEY NOT NULL,
	"message_id" text NOT NULL,
	"content" text NOT NULL,
	"edited_by" text NOT NULL,
	"edited_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hb_nostr_invite" (
	"room_id" text NOT NULL,
	"pubkey" text NOT NULL,
	"invited_by" text NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "hb_nostr_invite_room_id_pubkey_pk" PRIMARY KEY("room_id","pubkey")
);
--> statement-breakpoint
CREATE TABLE "hb_nostr_key" (
	"pubkey" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hb_preference" (
	"user_id" text NOT NULL,
	"category" text NOT NULL,
	"name" text NOT NULL,
	"value" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "hb_preference_user_id_category_name_pk" PRIMARY KEY("user_id","category","name")
);
--> statement-breakpoint
CREATE TABLE "hb_revoked_token" (
	"jti" text PRIMARY KEY NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hb_room" (
	"room_id" text PRIMARY KEY NOT NULL,
	"team_id" text,
	"kind" text NOT NULL,
	"slug" text NOT NULL,
	"header" text DEFAULT '' NOT NULL,
	"ai" text DEFAULT '{}' NOT NULL,
	"props" text DEFAULT '{}' NOT NULL,
	"creator_id" text,
	"message_count" bigint DEFAULT 0 NOT NULL,
	"root_count" bigint DEFAULT 0 NOT NULL,
	"last_message_at" bigint DEFAULT 0 NOT NULL,
	"last_root_at" bigint DEFAULT 0 NOT NULL,
	"last_message_id" text,
	"last_hash" text,
	"pair_key" text,
	"retention_days" bigint,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"deleted_at" bigint
);
--> statement-breakpoint
CREATE TABLE "hb_run" (
	"message_id" text PRIMARY KEY NOT NULL,
	"room_id" text NOT NULL,
	"model" text NOT NULL,
	"provider" text NOT NULL,
	"asked_by" text NOT NULL,
	"state" text NOT NULL,
	"error_code" text,
	"partial" text DEFAULT '' NOT NULL,
	"started_at" bigint NOT NULL,
	"finished_at" bigint,
	"prompt_tokens" bigint DEFAULT 0 NOT NULL,
	"completion_tokens" bigint DEFAULT 0 NOT NULL,
	"cost_usd" double precision
);
--> statement-breakpoint
CREATE TABLE "hb_session" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"kind" text NOT NULL,
	"token_hash" text,
	"stamp" text,
	"csrf" text,
	"device_id" text,
	"device" text DEFAULT '{}' NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint,
	"last_used_at" bigint NOT NULL,
	"revoked_at" bigint
);
--> statement-breakpoint
CREATE TABLE "hb_setting" (
	"key" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hb_status" (
	"user_id" text PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"manual" boolean DEFAULT false NOT NULL,
	"dnd_end_at" bigint,
	"last_active_at" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hb_team" (
	"id" text PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"display_name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"open" boolean DEFAULT false NOT NULL,
	"invite_id" text NOT NULL,
	"creator_id" text,
	"props" text DEFAULT '{}' NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"deleted_at" bigint
);
--> statement-breakpoint
CREATE TABLE "hb_team_member" (
	"team_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" text NOT NULL,
	"created_at" bigint NOT NULL,
	"deleted_at" bigint,
	CONSTRAINT "hb_team_member_team_id_user_id_pk" PRIMARY KEY("team_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "hb_thread_member" (
	"root_id" text NOT NULL,
	"user_id" text NOT NULL,
	"room_id" text NOT NULL,
	"following" boolean DEFAULT true NOT NULL,
	"last_viewed_at" bigint DEFAULT 0 NOT NULL,
	"unread_replies" bigint DEFAULT 0 NOT NULL,
	"unread_mentions" bigint DEFAULT 0 NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "hb_thread_member_root_id_user_id_pk" PRIMARY KEY("root_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "hb_usage" (
	"day" text NOT NULL,
	"room_id" text NOT NULL,
	"user_id" text NOT NULL,
	"model" text NOT NULL,
	"prompt_tokens" bigint DEFAULT 0 NOT NULL,
	"completion_tokens" bigint DEFAULT 0 NOT NULL,
	"total_tokens" bigint DEFAULT 0 NOT NULL,
	"cost_usd" double precision,
	"requests" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "hb_usage_day_room_id_user_id_model_pk" PRIMARY KEY("day","room_id","user_id","model")
);
--> statement-breakpoint
CREATE TABLE "hb_used_token" (
	"hash" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "hb_account_username" ON "hb_account" USING btree ("username_lower");--> statement-breakpoint
CREATE UNIQUE INDEX "hb_account_bot_model" ON "hb_account" USING btree ("bot_model");--> statement-breakpoint
CREATE INDEX "hb_api_key_user" ON "hb_api_key" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "hb_api_key_token" ON "hb_api_key" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "hb_audit_at" ON "hb_audit" USING btree ("at");--> statement-breakpoint
CREATE INDEX "hb_category_user_team" ON "hb_category" USING btree ("user_id","team_id");--> statement-breakpoint
CREATE INDEX "hb_category_room_user" ON "hb_category_room" USING btree ("user_id","room_id");--> statement-breakpoint
CREATE UNIQUE INDEX "hb_emoji_name" ON "hb_emoji" USING btree ("name");--> statement-breakpoint
CREATE INDEX "hb_file_owner" ON "hb_file" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "hb_file_room" ON "hb_file" USING btree ("room_id");--> statement-breakpoint
CREATE INDEX "hb_file_message" ON "hb_file" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "hb_file_key" ON "hb_file" USING btree ("store_key");--> statement-breakpoint
CREATE INDEX "hb_invite_room" ON "hb_invite" USING btree ("room_id");--> statement-breakpoint
CREATE INDEX "hb_invite_creator" ON "hb_invite" USING btree ("created_by");--> statement-breakpoint
CREATE INDEX "hb_member_user" ON "hb_member" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "hb_message_id" ON "hb_message" USING btree ("message_id");--> statement-breakpoint
CREATE UNIQUE INDEX "hb_message_client" ON "hb_message" USING btree ("room_id","sender_id","client_id") WHERE client_id is not null;--> statement-breakpoint
CREATE INDEX "hb_message_room_seq" ON "hb_message" USING btree ("room_id","seq");--> statement-breakpoint
CREATE INDEX "hb_message_room_updated" ON "hb_message" USING btree ("room_id","updated_at");--> statement-breakpoint
CREATE INDEX "hb_message_thread_seq" ON "hb_message" USING btree ("thread_id","seq");--> statement-breakpoint
CREATE INDEX "hb_message_hash" ON "hb_message" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "hb_message_edit_message" ON "hb_message_edit" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "hb_nostr_invite_pubkey" ON "hb_nostr_invite" USING btree ("pubkey");--> statement-breakpoint
CREATE INDEX "hb_nostr_key_user" ON "hb_nostr_key" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "hb_revoked_token_expiry" ON "hb_revoked_token" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "hb_room_team_slug" ON "hb_room" USING btree ("team_id","slug");--> statement-breakpoint
CREATE UNIQUE INDEX "hb_room_pair" ON "hb_room" USING btree ("pair_key");--> statement-breakpoint
CREATE INDEX "hb_run_room" ON "hb_run" USING btree ("room_id");--> statement-breakpoint
CREATE INDEX "hb_run_state" ON "hb_run" USING btree ("state");--> statement-breakpoint
CREATE INDEX "hb_session_user" ON "hb_session" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "hb_session_token" ON "hb_session" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "hb_session_expiry" ON "hb_session" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "hb_team_slug" ON "hb_team" USING btree ("slug");--> statement-breakpoint
CREATE UNIQUE INDEX "hb_team_invite" ON "hb_team" USING btree ("invite_id");--> statement-breakpoint
CREATE INDEX "hb_team_member_user" ON "hb_team_member" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "hb_thread_member_user" ON "hb_thread_member" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "hb_usage_user" ON "hb_usage" USING btree ("user_id","day");--> statement-breakpoint
CREATE INDEX "hb_used_token_expiry" ON "hb_used_token" USING btree ("expires_at");