/**
 * Session tokens: JWT, HS256 only, signed with the server's secret (as Open WebUI's are). What the
 * claims mean is the core's business; here only signature and expiry are judged.
 */
import { SignJWT, jwtVerify } from 'jose'
import type { Clock, TokenSigner } from '../core/ports.ts'

const MAX_TOKEN_CHARS = 8_192

export function createSigner(secret: string, clock: Pick<Clock, 'now'>): TokenSigner {
  const key = new TextEncoder().encode(secret)
  return {
    sign(claims, expiresInS) {
      const nowS = Math.floor(clock.now() / 1_000)
      const token = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).setIssuedAt(nowS)
      if (expiresInS !== null) token.setExpirationTime(nowS + expiresInS)
      return token.sign(key)
    },
    async verify(token) {
      if (token.length > MAX_TOKEN_CHARS) return null
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          currentDate: new Date(clock.now()),
        })
        return payload
      } catch {
        return null
      }
    },
  }
}
