/** bcrypt reads no further than 72 bytes, so Open WebUI takes no more where it is the hash. */
import { detail, TEXT } from './errors.ts'
import type { FaceContext } from './module.ts'

export function checkPassword(face: FaceContext, password: string): void {
  if (face.config.auth.passwordHash === 'bcrypt' && Buffer.byteLength(password) > 72)
    throw detail.bad(TEXT.passwordTooLong)
}
