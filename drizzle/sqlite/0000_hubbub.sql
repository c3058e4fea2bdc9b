CREATE TABLE `hb_account` (
	`user_id` text PRIMARY KEY NOT NULL,
	`username_lower` text NOT NULL,
	`is_bot` integer DEFAULT false NOT NULL,
	`bot_model` text,
	`bot_owner_id` text,
	`deactivated_at` integer,
	`deleted_at` integer,
	`password_changed_at` integer DEFAULT 0 NOT NULL,
	`failed_attempts` integer DEFAULT 0 NOT NULL,
	`locked_until` integer,
	`avatar_key` text,
	`avatar_updated_at` integer DEFAULT 0 NOT NULL,
	`first_name` text DEFAULT '' NOT NULL,
	`last_name` text DEFAULT '' NOT NULL,
	`nickname` text DEFAULT '' NOT NULL,
	`position` text DEFAULT '' NOT NULL,
	`locale` text DEFAULT '' NOT NULL,
	`timezone` text DEFAULT '{}' NOT NULL,
	`notify_props` text DEFAULT '{}' NOT NULL,
	`props` text DEFAULT '{}' NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `hb_account_username` ON `hb_account` (`username_lower`);--> statement-breakpoint
CREATE UNIQUE INDEX `hb_account_bot_model` ON `hb_account` (`bot_model`);--> statement-breakpoint
CREATE TABLE `hb_api_key` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`kind` text NOT NULL,
	`prefix` text NOT NULL,
	`token_hash` text NOT NULL,
	`scopes` text NOT NULL,
	`expires_at` integer,
	`last_used_at` integer,
	`created_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE INDEX `hb_api_key_user` ON `hb_api_key` (`user_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `hb_api_key_token` ON `hb_api_key` (`token_hash`);--> statement-breakpoint
CREATE TABLE `hb_audit` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor_id` text,
	`action` text NOT NULL,
	`target_type` text NOT NULL,
	`target_id` text NOT NULL,
	`ip` text,
	`details` text DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hb_audit_at` ON `hb_audit` (`at`);--> statement-breakpoint
CREATE TABLE `hb_category` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`team_id` text NOT NULL,
	`kind` text NOT NULL,
	`display_name` text NOT NULL,
	`sorting` text DEFAULT '' NOT NULL,
	`sort_order` integer DEFAULT 0 NOT NULL,
	`muted` integer DEFAULT false NOT NULL,
	`collapsed` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hb_category_user_team` ON `hb_category` (`user_id`,`team_id`);--> statement-breakpoint
CREATE TABLE `hb_category_room` (
	`category_id` text NOT NULL,
	`room_id` text NOT NULL,
	`user_id` text NOT NULL,
	`sort_order` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`category_id`, `room_id`)
);
--> statement-breakpoint
CREATE INDEX `hb_category_room_user` ON `hb_category_room` (`user_id`,`room_id`);--> statement-breakpoint
CREATE TABLE `hb_draft` (
	`user_id` text NOT NULL,
	`room_id` text NOT NULL,
	`root_id` text DEFAULT '' NOT NULL,
	`message` text NOT NULL,
	`props` text DEFAULT '{}' NOT NULL,
	`file_ids` text DEFAULT '[]' NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `room_id`, `root_id`)
);
--> statement-breakpoint
CREATE TABLE `hb_emoji` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`creator_id` text NOT NULL,
	`store_key` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `hb_emoji_name` ON `hb_emoji` (`name`);--> statement-breakpoint
CREATE TABLE `hb_file` (
	`file_id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`room_id` text,
	`message_id` text,
	`kind` text NOT NULL,
	`store_key` text NOT NULL,
	`name` text NOT NULL,
	`content_type` text NOT NULL,
	`size` integer NOT NULL,
	`width` integer,
	`height` integer,
	`blurhash` text,
	`thumb_key` text,
	`sha256` text NOT NULL,
	`props` text DEFAULT '{}' NOT NULL,
	`created_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `hb_file_owner` ON `hb_file` (`owner_id`);--> statement-breakpoint
CREATE INDEX `hb_file_room` ON `hb_file` (`room_id`);--> statement-breakpoint
CREATE INDEX `hb_file_message` ON `hb_file` (`message_id`);--> statement-breakpoint
CREATE INDEX `hb_file_key` ON `hb_file` (`store_key`);--> statement-breakpoint
CREATE TABLE `hb_index_state` (
	`name` text PRIMARY KEY NOT NULL,
	`value` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `hb_invite` (
	`token` text PRIMARY KEY NOT NULL,
	`room_id` text NOT NULL,
	`team_id` text,
	`created_by` text NOT NULL,
	`max_uses` integer,
	`uses` integer DEFAULT 0 NOT NULL,
	`expires_at` integer,
	`revoked_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hb_invite_room` ON `hb_invite` (`room_id`);--> statement-breakpoint
CREATE INDEX `hb_invite_creator` ON `hb_invite` (`created_by`);--> statement-breakpoint
CREATE TABLE `hb_invite_use` (
	`token` text NOT NULL,
	`user_id` text NOT NULL,
	`used_at` integer NOT NULL,
	PRIMARY KEY(`token`, `user_id`)
);
--> statement-breakpoint
CREATE TABLE `hb_member` (
	`room_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`joined_at` integer NOT NULL,
	`last_read_at` integer DEFAULT 0 NOT NULL,
	`last_read_message_id` text,
	`read_count` integer DEFAULT 0 NOT NULL,
	`read_root_count` integer DEFAULT 0 NOT NULL,
	`mention_count` integer DEFAULT 0 NOT NULL,
	`mention_root_count` integer DEFAULT 0 NOT NULL,
	`muted` integer DEFAULT false NOT NULL,
	`favourite` integer DEFAULT false NOT NULL,
	`hidden` integer DEFAULT false NOT NULL,
	`notify_props` text DEFAULT '{}' NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`room_id`, `user_id`)
);
--> statement-breakpoint
CREATE INDEX `hb_member_user` ON `hb_member` (`user_id`);--> statement-breakpoint
CREATE TABLE `hb_message` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`message_id` text NOT NULL,
	`room_id` text NOT NULL,
	`sender_id` text NOT NULL,
	`ordinal` integer NOT NULL,
	`root_ordinal` integer NOT NULL,
	`kind` text DEFAULT 'user' NOT NULL,
	`hash` text NOT NULL,
	`previous` text,
	`client_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`edited_at` integer,
	`deleted_at` integer,
	`deleted_by` text,
	`mentions` text DEFAULT '[]' NOT NULL,
	`props` text DEFAULT '{}' NOT NULL,
	`ai` text,
	`reply_count` integer DEFAULT 0 NOT NULL,
	`last_reply_at` integer,
	`thread_id` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `hb_message_id` ON `hb_message` (`message_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `hb_message_client` ON `hb_message` (`room_id`,`sender_id`,`client_id`) WHERE client_id is not null;--> statement-breakpoint
CREATE INDEX `hb_message_room_seq` ON `hb_message` (`room_id`,`seq`);--> statement-breakpoint
CREATE INDEX `hb_message_room_updated` ON `hb_message` (`room_id`,`updated_at`);--> statement-breakpoint
CREATE INDEX `hb_message_thread_seq` ON `hb_message` (`thread_id`,`seq`);--> statement-breakpoint
CREATE INDEX `hb_message_hash` ON `hb_message` (`hash`);--> statement-breakpoint
CREATE TABLE `hb_message_edit` (
	`id` text PRIMARY KEY NOT NULL,
	`message_id` text NOT NULL,
	`content` text NOT NULL,
	`edited_by` text NOT NULL,
	`edited_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hb_message_edit_message` ON `hb_message_edit` (`message_id`);--> statement-breakpoint
CREATE TABLE `hb_nostr_invite` (
	`room_id` text NOT NULL,
	`pubkey` text NOT NULL,
	`invited_by` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`room_id`, `pubkey`)
);
--> statement-breakpoint
CREATE INDEX `hb_nostr_invite_pubkey` ON `hb_nostr_invite` (`pubkey`);--> statement-breakpoint
CREATE TABLE `hb_nostr_key` (
	`pubkey` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hb_nostr_key_user` ON `hb_nostr_key` (`user_id`);--> statement-breakpoint
CREATE TABLE `hb_preference` (
	`user_id` text NOT NULL,
	`category` text NOT NULL,
	`name` text NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `category`, `name`)
);
--> statement-breakpoint
CREATE TABLE `hb_revoked_token` (
	`jti` text PRIMARY KEY NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hb_revoked_token_expiry` ON `hb_revoked_token` (`expires_at`);--> statement-breakpoint
CREATE TABLE `hb_room` (
	`room_id` text PRIMARY KEY NOT NULL,
	`team_id` text,
	`kind` text NOT NULL,
	`slug` text NOT NULL,
	`header` text DEFAULT '' NOT NULL,
	`ai` text DEFAULT '{}' NOT NULL,
	`props` text DEFAULT '{}' NOT NULL,
	`creator_id` text,
	`message_count` integer DEFAULT 0 NOT NULL,
	`root_count` integer DEFAULT 0 NOT NULL,
	`last_message_at` integer DEFAULT 0 NOT NULL,
	`last_root_at` integer DEFAULT 0 NOT NULL,
	`last_message_id` text,
	`last_hash` text,
	`pair_key` text,
	`retention_days` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `hb_room_team_slug` ON `hb_room` (`team_id`,`slug`);--> statement-breakpoint
CREATE UNIQUE INDEX `hb_room_pair` ON `hb_room` (`pair_key`);--> statement-breakpoint
CREATE TABLE `hb_run` (
	`message_id` text PRIMARY KEY NOT NULL,
	`room_id` text NOT NULL,
	`model` text NOT NULL,
	`provider` text NOT NULL,
	`asked_by` text NOT NULL,
	`state` text NOT NULL,
	`error_code` text,
	`partial` text DEFAULT '' NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer,
	`prompt_tokens` integer DEFAULT 0 NOT NULL,
	`completion_tokens` integer DEFAULT 0 NOT NULL,
	`cost_usd` real
);
--> statement-breakpoint
CREATE INDEX `hb_run_room` ON `hb_run` (`room_id`);--> statement-breakpoint
CREATE INDEX `hb_run_state` ON `hb_run` (`state`);--> statement-breakpoint
CREATE TABLE `hb_session` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`kind` text NOT NULL,
	`token_hash` text,
	`stamp` text,
	`csrf` text,
	`device_id` text,
	`device` text DEFAULT '{}' NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`last_used_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE INDEX `hb_session_user` ON `hb_session` (`user_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `hb_session_token` ON `hb_session` (`token_hash`);--> statement-breakpoint
CREATE INDEX `hb_session_expiry` ON `hb_session` (`expires_at`);--> statement-breakpoint
CREATE TABLE `hb_setting` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `hb_status` (
	`user_id` text PRIMARY KEY NOT NULL,
	`status` text NOT NULL,
	`manual` integer DEFAULT false NOT NULL,
	`dnd_end_at` integer,
	`last_active_at` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `hb_team` (
	`id` text PRIMARY KEY NOT NULL,
	`slug` text NOT NULL,
	`display_name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`open` integer DEFAULT false NOT NULL,
	`invite_id` text NOT NULL,
	`creator_id` text,
	`props` text DEFAULT '{}' NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `hb_team_slug` ON `hb_team` (`slug`);--> statement-breakpoint
CREATE UNIQUE INDEX `hb_team_invite` ON `hb_team` (`invite_id`);--> statement-breakpoint
CREATE TABLE `hb_team_member` (
	`team_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	`deleted_at` integer,
	PRIMARY KEY(`team_id`, `user_id`)
);
--> statement-breakpoint
CREATE INDEX `hb_team_member_user` ON `hb_team_member` (`user_id`);--> statement-breakpoint
CREATE TABLE `hb_thread_member` (
	`root_id` text NOT NULL,
	`user_id` text NOT NULL,
	`room_id` text NOT NULL,
	`following` integer DEFAULT true NOT NULL,
	`last_viewed_at` integer DEFAULT 0 NOT NULL,
	`unread_replies` integer DEFAULT 0 NOT NULL,
	`unread_mentions` integer DEFAULT 0 NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`root_id`, `user_id`)
);
--> statement-breakpoint
CREATE INDEX `hb_thread_member_user` ON `hb_thread_member` (`user_id`);--> statement-breakpoint
CREATE TABLE `hb_usage` (
	`day` text NOT NULL,
	`room_id` text NOT NULL,
	`user_id` text NOT NULL,
	`model` text NOT NULL,
	`prompt_tokens` integer DEFAULT 0 NOT NULL,
	`completion_tokens` integer DEFAULT 0 NOT NULL,
	`total_tokens` integer DEFAULT 0 NOT NULL,
	`cost_usd` real,
	`requests` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`day`, `room_id`, `user_id`, `model`)
);
--> statement-breakpoint
CREATE INDEX `hb_usage_user` ON `hb_usage` (`user_id`,`day`);--> statement-breakpoint
CREATE TABLE `hb_used_token` (
	`hash` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hb_used_token_expiry` ON `hb_used_token` (`expires_at`);