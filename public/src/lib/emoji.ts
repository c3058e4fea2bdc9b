/**
 * The emoji that can be picked, with their short names. Reactions may come as
 * the character or as a short name (other faces use those); both are shown alike.
 * A chosen few hundred, not all of Unicode: the rest can be typed.
 */

export interface Emoji {
  char: string
  /** Short names, the first one canonical. */
  names: string[]
}

export interface EmojiGroup {
  title: string
  emoji: Emoji[]
}

const table: [title: string, rows: string][] = [
  [
    'Smileys',
    '😀 grinning|😃 smiley happy|😄 smile|😁 grin|😆 laughing satisfied|😅 sweat_smile|🤣 rofl|😂 joy|🙂 slightly_smiling_face|🙃 upside_down_face|😉 wink|😊 blush|😇 innocent|🥰 smiling_face_with_three_hearts|😍 heart_eyes|🤩 star_struck|😘 kissing_heart|😋 yum|😛 stuck_out_tongue|😜 stuck_out_tongue_winking_eye|🤪 zany_face|🤗 hugs hugging_face|🤭 hand_over_mouth|🤫 shushing_face|🤔 thinking thinking_face|🤐 zipper_mouth_face|🤨 raised_eyebrow|😐 neutral_face|😑 expressionless|😶 no_mouth|😏 smirk|😒 unamused|🙄 roll_eyes|😬 grimacing|😌 relieved|😔 pensive|😴 sleeping|😷 mask|🤒 face_with_thermometer|🤢 nauseated_face|🥵 hot_face|🥶 cold_face|😵 dizzy_face|🤯 exploding_head|🥳 partying_face|😎 sunglasses cool|🤓 nerd_face|🧐 monocle_face|😕 confused|😟 worried|🙁 slightly_frowning_face|😮 open_mouth|😲 astonished|😳 flushed|🥺 pleading_face|😨 fearful|😰 cold_sweat|😢 cry|😭 sob|😱 scream|😖 confounded|😞 disappointed|😓 sweat|😩 weary|😫 tired_face|🥱 yawning_face|😤 triumph|😡 rage|😠 angry|💀 skull|💩 hankey poop|🤡 clown_face|👻 ghost|👽 alien|🤖 robot|😺 smiley_cat|🙈 see_no_evil|🙉 hear_no_evil|🙊 speak_no_evil',
  ],
  [
    'People',
    '👍 +1 thumbsup like|👎 -1 thumbsdown|👌 ok_hand|✌️ v|🤞 crossed_fingers|🤘 metal|🤙 call_me_hand|👈 point_left|👉 point_right|👆 point_up_2|👇 point_down|☝️ point_up|✋ hand raised_hand|👋 wave hello|👏 clap|🙌 raised_hands|🙏 pray thanks please|🤝 handshake|💪 muscle|👀 eyes look|🧠 brain|👂 ear|🤷 shrug|🤦 facepalm|🙋 raising_hand|🙇 bow|💁 tipping_hand_person|🏃 runner|💃 dancer|👶 baby|🧑‍💻 technologist|🧑‍🔬 scientist|🧑‍🚀 astronaut',
  ],
  [
    'Hearts and signs',
    '❤️ heart love|🧡 orange_heart|💛 yellow_heart|💚 green_heart|💙 blue_heart|💜 purple_heart|🖤 black_heart|💔 broken_heart|💯 100|💢 anger|💥 boom|💫 dizzy|💬 speech_balloon|💭 thought_balloon|💤 zzz|✅ white_check_mark done|☑️ ballot_box_with_check|✔️ heavy_check_mark|❌ x no|❓ question|❗ exclamation|⚠️ warning|⛔ no_entry|🚫 no_entry_sign|🔴 red_circle|🟠 orange_circle|🟡 yellow_circle|🟢 green_circle|🔵 large_blue_circle|➕ heavy_plus_sign|➖ heavy_minus_sign|♻️ recycle|🆗 ok|🆕 new|🔝 top|🏁 checkered_flag',
  ],
  [
    'Things',
    '🎉 tada party|🎊 confetti_ball|🎁 gift|🎂 birthday|🏆 trophy|🥇 1st_place_medal|⭐ star|🌟 star2|✨ sparkles|🔥 fire|⚡ zap|🚀 rocket ship|🛸 flying_saucer|✈️ airplane|🚗 car|🚲 bike|⏰ alarm_clock|⏳ hourglass_flowing_sand|📅 date calendar|📌 pushpin|📎 paperclip|📝 memo note|📄 page_facing_up|📚 books|📈 chart_with_upwards_trend|📉 chart_with_downwards_trend|📊 bar_chart|💡 bulb idea|🔍 mag search|🔑 key|🔒 lock|🔓 unlock|🔧 wrench|🔨 hammer|⚙️ gear|🧪 test_tube|🧯 fire_extinguisher|🐛 bug|💻 computer|📱 iphone|📷 camera|🎧 headphones|🎵 musical_note|🎨 art|🎮 video_game|🎯 dart target|🎲 game_die|🧩 jigsaw|📣 mega|🔔 bell|💰 moneybag|📦 package|✉️ envelope|🗑️ wastebasket|🪄 magic_wand|🧵 thread',
  ],
  [
    'Nature and food',
    '🐶 dog|🐱 cat|🦊 fox_face|🐻 bear|🐼 panda_face|🐨 koala|🦁 lion|🐸 frog|🐵 monkey_face|🐔 chicken|🐧 penguin|🦉 owl|🦄 unicorn|🐝 bee|🦋 butterfly|🐢 turtle|🐙 octopus|🐳 whale|🌱 seedling|🌲 evergreen_tree|🌵 cactus|🌸 cherry_blossom|🌹 rose|🌻 sunflower|🍀 four_leaf_clover|🍁 maple_leaf|🌈 rainbow|☀️ sunny|☁️ cloud|🌧️ cloud_with_rain|❄️ snowflake|🌊 ocean|🌍 earth_africa|🌙 crescent_moon|🍎 apple|🍌 banana|🍓 strawberry|🍒 cherries|🥑 avocado|🍞 bread|🧀 cheese|🍕 pizza|🍔 hamburger|🍟 fries|🌮 taco|🍣 sushi|🍜 ramen|🍪 cookie|🍰 cake|🍫 chocolate_bar|🍿 popcorn|☕ coffee|🍵 tea|🍺 beer|🍻 beers|🍷 wine_glass|🥂 clinking_glasses cheers',
  ],
]

export const emojiGroups: EmojiGroup[] = table.map(([title, rows]) => ({
  title,
  emoji: rows.split('|').map((row) => {
    const [char = '', ...names] = row.split(' ')
    return { char, names }
  }),
}))

const all = emojiGroups.flatMap((group) => group.emoji)
const byName = new Map(all.flatMap((emoji) => emoji.names.map((name) => [name, emoji] as const)))
const byChar = new Map(all.map((emoji) => [emoji.char, emoji]))

/** One-click reactions. */
export const quickReactions = ['👍', '❤️', '😂', '🎉', '👀', '✅']

/** The character to show for a reaction key; unknown short names stay as they are. */
export function glyphOf(key: string): string {
  return byName.get(key)?.char ?? key
}

/** What a reaction is called, for tooltips and screen readers. */
export function emojiName(key: string): string {
  const emoji = byName.get(key) ?? byChar.get(key)
  return emoji?.names[0]?.replaceAll('_', ' ') ?? key
}

/** Emoji whose short names contain the words; those that begin with them first. */
export function findEmoji(query: string, limit: number): Emoji[] {
  const wanted = query.toLowerCase()
  const scored = all
    .map((emoji) => ({ emoji, at: Math.min(...emoji.names.map((name) => position(name, wanted))) }))
    .filter(({ at }) => at < Infinity)
  scored.sort((a, b) => a.at - b.at)
  return scored.slice(0, limit).map(({ emoji }) => emoji)
}

function position(name: string, wanted: string): number {
  const at = name.indexOf(wanted)
  return at < 0 ? Infinity : at
}
