import { describe, expect, test } from 'bun:test'
import { jcs } from './jcs.ts'

describe('jcs()', () => {
  test('sorts keys by UTF-16 units, at every depth (RFC 8785, 3.2.3)', () => {
    const value = {
      '\u20ac': 1,
      '\r': 2,
      '\ufb33': 3,
      '1': { b: true, a: null },
      '\u{1f600}': 5,
      '\u00f6': 7,
    }
    expect(jcs(value)).toBe(
      '{"\\r":2,"1":{"a":null,"b":true},"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    )
  })

  test('spells numbers and strings as the RFC does', () => {
    expect(jcs([1e21, 0.000001, -0, 333333333.33333329, '\u000f\n"\\</script>€'])).toBe(
      '[1e+21,0.000001,0,333333333.3333333,"\\u000f\\n\\"\\\\</script>€"]',
    )
  })

  test('refuses what has no canonical form', () => {
    expect(() => jcs([Number.NaN])).toThrow(RangeError)
    expect(() => jcs({ a: '\ud800' })).toThrow(RangeError)
  })
})
