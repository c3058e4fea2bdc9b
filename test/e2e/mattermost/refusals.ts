// Answers of 400 and more that the web app also gets from its own server without a licence, and that change nothing a person sees.
const REFUSALS: readonly (readonly [method: string, path: RegExp, statuses: readonly number[]])[] = [
  ['GET', /^\/api\/v4\/trial-license\/prev$/, [403]],
  ['GET', /^\/api\/v4\/(users\/\w+\/)?custom_profile_attributes(\/fields)?$/, [403]],
  // Asked for when a socket is back; its own server says 400, with the same words.
  ['GET', /^\/api\/v4\/posts\/scheduled\/team\/\w+$/, [400, 501]],
  ['GET', /^\/api\/v4\/schemes$/, [501]],
  ['GET', /^\/api\/v4\/brand\/image$/, [404]],
  // Owners of bots that are no people; the app shows them as managed by a plugin.
  ['GET', /^\/api\/v4\/users\/\w{26}$/, [404]],
  // Whether there is a newer Mattermost, and whether the address can be reached from outside: README.md.
  ['GET', /^\/api\/v4\/latest_version$/, [501]],
  ['POST', /^\/api\/v4\/site_url\/test$/, [501]],
]

export function isKnownRefusal(method: string, path: string, status: number): boolean {
  return REFUSALS.some(
    ([verb, place, statuses]) => verb === method && place.test(path) && statuses.includes(status),
  )
}
