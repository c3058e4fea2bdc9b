/** Each websocket event of Mattermost 11.6 with its state here; events-table.test.ts holds it against socket/. */

export interface CoveredEvent {
  name: string
  /** `done`, or `n/a` with the reason. */
  state: 'done' | 'n/a'
  note?: string
}

const DONE = `hello posted ephemeral_message post_edited post_deleted post_unread reaction_added reaction_removed typing
multiple_channels_viewed channel_created channel_updated channel_converted channel_deleted channel_restored
channel_member_updated direct_added group_added user_added user_removed added_to_team leave_team update_team delete_team
restore_team memberrole_updated user_role_updated new_user user_updated user_activation_status_change status_change
preferences_changed preferences_deleted sidebar_category_created sidebar_category_updated sidebar_category_deleted
sidebar_category_order_updated thread_updated thread_follow_changed thread_read_changed draft_created draft_deleted
emoji_added config_changed open_dialog`

const ABSENT: [names: string, why: string][] = [
  ['post_acknowledgement_added post_acknowledgement_removed persistent_notification_triggered', 'licence'],
  ['scheduled_post_created scheduled_post_updated scheduled_post_deleted', 'licence'],
  [
    'channel_bookmark_created channel_bookmark_updated channel_bookmark_deleted channel_bookmark_sorted',
    'licence',
  ],
  ['received_group group_member_add group_member_deleted guests_deactivated', 'licence'],
  [
    'received_group_associated_to_team received_group_not_associated_to_team received_group_associated_to_channel received_group_not_associated_to_channel',
    'licence',
  ],
  ['channel_scheme_updated update_team_scheme role_updated', 'roles are fixed without a licence'],
  ['license_changed', 'there is none to change'],
  ['plugin_enabled plugin_disabled plugin_statuses_changed', 'no plugins'],
  ['preference_changed', 'only /expand and /collapse, which clients do themselves'],
  [
    'custom_profile_attributes_field_created custom_profile_attributes_field_updated custom_profile_attributes_field_deleted custom_profile_attributes_values_updated',
    'licence',
  ],
  [
    'file_download_rejected show_toast recap_updated post_translation_updated post_revealed post_burned burn_on_read_all_revealed content_flagging_report_value_updated cloud_subscription_changed hosted_customer_signup_progress_updated first_admin_visit_marketplace_status_received',
    'enterprise, cloud or plugins',
  ],
]

export const mattermostEvents: readonly CoveredEvent[] = [
  ...words(DONE).map((name): CoveredEvent => ({ name, state: 'done' })),
  ...ABSENT.flatMap(([names, note]) =>
    words(names).map((name): CoveredEvent => ({ name, state: 'n/a', note })),
  ),
]

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
