// Where our answers differ from those of Open WebUI's own server on the same database, and why that is right or does not
// matter. A line of `differences` that fits none of these fails the test.

export const ACCEPTED: readonly (readonly [place: RegExp, reason: string])[] = [
  [/\.(token|expires_at|last_active_at|last_read_at)\b/, 'depends on when it was asked'],
  [/\.is_active\b|\.active\b|^\/api\/usage|^\/api\/tasks/, 'depends on who is connected'],
  [/^\/api\/(config|version).*\.version\b|\.deployment_id/, 'says which server it is'],
  [/^\/api\/config .*(license|onboarding)/, 'parts of theirs that need a licence'],
  [
    /\/chats\/.*\.messages \[\d+\] \.user(_id)?: is missing/,
    'they put the writer into the old list of messages while reading; the history has it in both',
  ],
  [/^\/api\/v1\/models\/export: 401 became 403/, 'a permission that is missing is 403'],
  [/\/feedbacks\/list.*\.user \.(updated|created)_at: is missing/, 'the page shows the name alone'],
  [/\/users\/search.*\.email\b/, 'addresses are for administrators here'],
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
  [/^\/api\/v1\/automations/, 'not built: see docs/coverage.md'],
  [
    /\[__scheduled_tasks__\] \.(created|updated)_at/,
    'a calendar that lies in no table is made anew at each look',
  ],
  [
    /^\/api\/v1\/calendars\/: [0-9a-f-]{36} became/,
    'who has no calendar is given one by whichever server is looked at',
  ],
  [/\/webhooks \.detail|^\/api\/v1\/auths\/api_key.*became/, 'other words of refusal'],
]

export const isAccepted = (line: string): boolean => ACCEPTED.some(([place]) => place.test(line))
