/** The permission names of Mattermost, as clients test for them; which role holds which, roles.ts says. */

const words = (text: string): string[] => text.trim().split(/\s+/)

const BOOKMARKS = ['add', 'edit', 'delete', 'order'].flatMap((verb) =>
  ['public', 'private'].map((kind) => `${verb}_bookmark_${kind}_channel`),
)
const BANNERS = words('manage_public_channel_banner manage_private_channel_banner')
const TRANSLATION = words('manage_public_channel_auto_translation manage_private_channel_auto_translation')

export const CHANNEL_USER = [
  ...words(`read_channel read_channel_content add_reaction remove_reaction manage_public_channel_members
    manage_private_channel_members upload_file get_public_link create_post use_channel_mentions
    use_group_mentions manage_public_channel_properties manage_private_channel_properties
    delete_public_channel delete_private_channel delete_post edit_post read_public_channel_groups
    read_private_channel_groups`),
  ...BOOKMARKS,
]
export const CHANNEL_GUEST = words(
  'read_channel read_channel_content add_reaction remove_reaction upload_file edit_post create_post use_channel_mentions',
)
export const CHANNEL_ADMIN = [
  ...words('manage_channel_roles use_group_mentions manage_channel_access_rules'),
  ...BOOKMARKS,
  ...BANNERS,
  ...TRANSLATION,
]
export const TEAM_USER = words(`list_team_channels join_public_channels read_public_channel view_team
  create_public_channel create_private_channel invite_user add_user_to_team playbook_public_create
  playbook_private_create`)
export const TEAM_ADMIN = [
  ...words(`remove_user_from_team manage_team import_team manage_team_roles manage_channel_roles
    manage_own_incoming_webhooks manage_others_incoming_webhooks manage_own_outgoing_webhooks
    manage_others_outgoing_webhooks manage_own_slash_commands manage_others_slash_commands
    bypass_incoming_webhook_channel_lock convert_public_channel_to_private
    convert_private_channel_to_public delete_post delete_others_posts manage_channel_access_rules`),
  ...BOOKMARKS,
  ...BANNERS,
]
export const SYSTEM_USER = words(`list_public_teams join_public_teams create_direct_channel
  create_group_channel view_members create_team create_custom_group edit_custom_group
  delete_custom_group restore_custom_group manage_custom_group_members create_emojis delete_emojis`)
export const SYSTEM_GUEST = words('create_direct_channel create_group_channel')
export const POST_ALL = words('create_post use_channel_mentions')
export const POST_ALL_PUBLIC = words('create_post_public use_channel_mentions')
export const ACCESS_TOKEN = words('create_user_access_token read_user_access_token revoke_user_access_token')

/** Pages of the system console; each has a read and a write permission. */
const CONSOLE: Record<string, string> = {
  about: 'edition_and_license',
  reporting: 'site_statistics team_statistics server_logs',
  user_management: 'users groups teams channels permissions system_roles',
  authentication: 'signup email password mfa ldap saml openid guest_access',
  integrations: 'integration_management bot_accounts gif cors',
  compliance: 'data_retention_policy compliance_export compliance_monitoring custom_terms_of_service',
  site: `customization localization users_and_teams notifications announcement_banner emoji posts
    file_sharing_and_downloads public_links notices ip_filters ai_recaps`,
  environment: `web_server database elasticsearch file_storage image_proxy smtp push_notification_server
    high_availability rate_limiting logging session_lengths performance_monitoring developer mobile_security`,
  experimental: 'features feature_flags bleve',
  products: 'boards',
}
const CONSOLE_PAGES = [
  'billing',
  'plugins',
  ...Object.entries(CONSOLE).flatMap(([area, pages]) => words(pages).map((page) => `${area}_${page}`)),
]
export const CONSOLE_READ = CONSOLE_PAGES.map((page) => `sysconsole_read_${page}`)
const CONSOLE_WRITE = CONSOLE_PAGES.map((page) => `sysconsole_write_${page}`)

const SYSTEM_ONLY = words(`manage_slash_commands assign_system_admin_role manage_roles manage_system
  list_private_teams join_private_teams edit_other_users remove_others_reactions permanent_delete_user
  edit_file_attachment manage_webhooks manage_others_webhooks manage_incoming_webhooks
  manage_outgoing_webhooks manage_oauth manage_system_wide_oauth manage_outgoing_oauth_connections
  create_post_public create_post_ephemeral edit_others_posts read_deleted_posts list_users_without_team
  manage_jobs manage_emojis manage_others_emojis delete_others_emojis invite_guest promote_guest
  demote_to_guest read_other_users_teams edit_brand read_jobs download_compliance_export_result
  create_ldap_sync_job read_ldap_sync_job test_ldap get_saml_metadata_from_idp add_saml_public_cert
  add_saml_private_cert add_saml_idp_cert remove_saml_public_cert remove_saml_private_cert
  remove_saml_idp_cert get_saml_cert_status add_ldap_public_cert add_ldap_private_cert
  remove_ldap_public_cert remove_ldap_private_cert invalidate_email_invite test_site_url
  test_elasticsearch test_s3 test_email reload_config invalidate_caches purge_elasticsearch_indexes
  recycle_database_connections create_elasticsearch_post_indexing_job
  create_elasticsearch_post_aggregation_job read_elasticsearch_post_indexing_job
  read_elasticsearch_post_aggregation_job create_data_retention_job read_data_retention_job
  manage_data_retention_job create_compliance_export_job read_compliance_export_job use_slash_commands
  create_bot assign_bot read_bots read_others_bots manage_bots manage_others_bots get_analytics get_logs
  read_audits read_license_information manage_license_information manage_shared_channels
  manage_secure_connections get_public_link manage_remote_clusters view_members
  playbook_public_manage_members playbook_public_manage_roles playbook_public_manage_properties
  playbook_public_view playbook_public_make_private playbook_private_manage_members
  playbook_private_manage_roles playbook_private_manage_properties playbook_private_view
  playbook_private_make_public run_create run_manage_members run_manage_properties run_view`)

export const EVERYTHING = [
  ...new Set([
    ...SYSTEM_USER,
    ...TEAM_USER,
    ...TEAM_ADMIN,
    ...CHANNEL_USER,
    ...CHANNEL_ADMIN,
    ...POST_ALL_PUBLIC,
    ...ACCESS_TOKEN,
    ...SYSTEM_ONLY,
    ...CONSOLE_READ,
    ...CONSOLE_WRITE,
  ]),
]
