/** Patterns for `like … escape '\\'`, where what people type is text and nothing else. */

/** Anywhere in a text that is compared in lower case. */
export function likePart(text: string): string {
  return `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
}
