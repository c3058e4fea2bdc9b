/** The picture of somebody who has none: the first letter on a colour that follows from the name. */

const COLOURS = [
  '#1f78b4',
  '#33a02c',
  '#6a3d9a',
  '#b15928',
  '#c2185b',
  '#00796b',
  '#5d4037',
  '#455a64',
  '#ad6b00',
]

export function defaultAvatar(username: string): string {
  let sum = 0
  for (const letter of username) sum = (sum * 31 + letter.codePointAt(0)!) >>> 0
  const colour = COLOURS[sum % COLOURS.length]
  const first = [...username][0]?.toUpperCase() ?? '?'
  const letter = /[\p{L}\p{N}]/u.test(first) ? first : '?'
  return `<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128" viewBox="0 0 128 128"><rect width="128" height="128" fill="${colour}"/><text x="64" y="64" dy=".35em" text-anchor="middle" font-family="sans-serif" font-size="64" fill="#fff">${letter}</text></svg>`
}
