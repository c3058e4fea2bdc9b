CREATE TABLE `hb_mail_token` (
	`hash` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`user_id` text NOT NULL,
	`email` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hb_mail_token_user` ON `hb_mail_token` (`user_id`,`kind`);--> statement-breakpoint
CREATE INDEX `hb_mail_token_expiry` ON `hb_mail_token` (`expires_at`);--> statement-breakpoint
ALTER TABLE `hb_account` ADD `verified_email` text;