/** JSON in one spelling only (RFC 8785): what hashes are taken of. Nothing else is needed of it here. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/**
 * Canonical JSON text. JavaScript's own spelling of strings and numbers is the one the RFC asks for;
 * what is left is the order of keys, by UTF-16 units.
 */
export function jcs(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`
  if (value === null || typeof value !== 'object') return primitive(value as string | number | boolean | null)
  const object = value as { readonly [key: string]: Json }
  const keys = Object.keys(object).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${jcs(object[key] ?? null)}`).join(',')}}`
}

function primitive(value: string | number | boolean | null): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError('JSON has no such number.')
  }
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw new RangeError('Text with half of a surrogate pair has no canonical form.')
  }
  return JSON.stringify(value)
}
