-- Further indexes on Open WebUI's tables, for the queries that all faces make. Its own server keeps working with them.
CREATE INDEX IF NOT EXISTS `hb_owui_message_channel` ON `message` (`channel_id`, `created_at`, `id`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_message_parent` ON `message` (`parent_id`, `created_at`, `id`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_message_pinned` ON `message` (`channel_id`, `pinned_at`) WHERE `is_pinned`;--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_message_user` ON `message` (`user_id`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_message_reaction_message` ON `message_reaction` (`message_id`, `created_at`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_channel_member_channel` ON `channel_member` (`channel_id`, `user_id`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_channel_member_user` ON `channel_member` (`user_id`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_channel_file_message` ON `channel_file` (`message_id`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_channel_webhook_channel` ON `channel_webhook` (`channel_id`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_auth_email` ON `auth` (`email`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_api_key_user` ON `api_key` (`user_id`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_file_user` ON `file` (`user_id`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_folder_user` ON `folder` (`user_id`, `parent_id`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_note_user` ON `note` (`user_id`, `updated_at`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_shared_chat_chat` ON `shared_chat` (`chat_id`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `hb_owui_feedback_user` ON `feedback` (`user_id`);
