// Where our answers differ from those of Open WebUI's own server on the same database, and why that is right or does not
// matter. A line of `differences` that fits none of these fails the test.

export const ACCEPTED: readonly (readonly [place: RegExp, reason: string])[] = [
  [/\.(token|expires_at|last_active_at|last_read_at)\b/, 'depends on when it was asked'],
  [/\.is_active\b|\.active\b|^\/api\/usage|^\/api\/tasks/, 'depends on who is connected'],
  [/^\/api\/(config|version).*\.version\b|\.deployment_id/, 'says which server it is'],
  [/profile_image_url/, 'we give the address of the picture, they sometimes its bytes'],
  [
    /^\/api\/config .*(license|onboarding|auto_redirect)/,
    'parts of theirs that need a licence or a provider',
  ],
  [
    /^(\/openai|\/api\/models|\/api\/v1\/models |\/api\/v1\/models:|\/api\/v1\/models\/(base|all|export))/,
    'other providers',
  ],
  [/\/chats\/.*\.messages \[\d+\] \.user(_id)?\b/, 'they name the writer in the old list of messages too'],
  [/\/users\/search.*\.email\b/, 'addresses are for administrators here'],
  [/\/users\/.*\.updated_at\b/, 'signing in may hash a password anew'],
  [/\.user: is missing, was null/, 'a key of null'],
  [/^\/api\/v1\/search/, 'their search also reads messages of channels'],
  [/\.snippet\b/, 'we show no snippet of a chat that was found'],
  [/\.archived: false became true/, 'their list of archived chats says false of each'],
  [/^\/api\/v1\/prompts\/command\//, 'no such route in 0.12.4: the page of the app'],
  [
    /^\/api\/v1\/files\/[^/]+\/(content|process\/status)/,
    'paths of another machine are found by their name here',
  ],
  [/^\/api\/v1\/files\/.*\.status\b/, 'an image needs no processing here'],
  [/\.meta \.tags \[/, 'tags of a chat are a set'],
  [/\/thread\?.*\.(latest_reply_at|reply_count)/, 'they leave the counts of a root out in its own thread'],
  [/user_count|unread_count|\/members\?/, 'people are members once they have opened a channel'],
  [/\.is_private\b/, 'false and null are the same'],
  [
    /^\/api\/v1\/(calendars|evaluations|automations|images\/config|chats\/config)/,
    'not built in full: see docs/coverage.md',
  ],
  [/^\/api\/v1\/models\/model.*\.user\b/, 'we also say who made it'],
  [/\/webhooks \.detail|^\/api\/v1\/(models\/export|auths\/api_key).*became/, 'other words of refusal'],
  [
    /\.meta \.(icon|background_image_url|capabilities|description|i18n|knowledge|voice|voice_avatar)\b/,
    'keys of null',
  ],
  [/\/groups\/id\/.*\.counts \.effective/, 'nested groups are not built'],
]

export const isAccepted = (line: string): boolean => ACCEPTED.some(([place]) => place.test(line))
