CREATE TABLE `hb_command` (
	`id` text PRIMARY KEY NOT NULL,
	`token` text NOT NULL,
	`user_id` text NOT NULL,
	`team_id` text NOT NULL,
	`trigger_word` text NOT NULL,
	`method` text NOT NULL,
	`url` text NOT NULL,
	`username` text DEFAULT '' NOT NULL,
	`icon_url` text DEFAULT '' NOT NULL,
	`auto_complete` integer DEFAULT false NOT NULL,
	`auto_complete_desc` text DEFAULT '' NOT NULL,
	`auto_complete_hint` text DEFAULT '' NOT NULL,
	`display_name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `hb_command_team_trigger` ON `hb_command` (`team_id`,`trigger_word`);--> statement-breakpoint
CREATE TABLE `hb_incoming_hook` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`team_id` text NOT NULL,
	`room_id` text NOT NULL,
	`display_name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`username` text DEFAULT '' NOT NULL,
	`icon_url` text DEFAULT '' NOT NULL,
	`room_locked` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hb_incoming_hook_team` ON `hb_incoming_hook` (`team_id`);--> statement-breakpoint
CREATE TABLE `hb_outgoing_hook` (
	`id` text PRIMARY KEY NOT NULL,
	`token` text NOT NULL,
	`user_id` text NOT NULL,
	`team_id` text NOT NULL,
	`room_id` text,
	`trigger_words` text DEFAULT '[]' NOT NULL,
	`trigger_when` integer DEFAULT 0 NOT NULL,
	`callback_urls` text DEFAULT '[]' NOT NULL,
	`display_name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`content_type` text DEFAULT '' NOT NULL,
	`username` text DEFAULT '' NOT NULL,
	`icon_url` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hb_outgoing_hook_team` ON `hb_outgoing_hook` (`team_id`);--> statement-breakpoint
CREATE TABLE `hb_reminder` (
	`user_id` text NOT NULL,
	`message_id` text NOT NULL,
	`due_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `message_id`)
);
--> statement-breakpoint
CREATE INDEX `hb_reminder_due` ON `hb_reminder` (`due_at`);--> statement-breakpoint
CREATE TABLE `hb_upload` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`room_id` text NOT NULL,
	`name` text NOT NULL,
	`size` integer NOT NULL,
	`received` integer DEFAULT 0 NOT NULL,
	`parts` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hb_upload_user` ON `hb_upload` (`user_id`);
