/** Links to files that work without an account: a signature, so that nothing need be stored. */
import type { CoreDeps } from '../deps.ts'
import { fault } from '../faults.ts'
import type { StoredFile, Uuid } from '../types.ts'

export interface PublicLinks {
  sign(fileId: Uuid): Promise<string>
  open(fileId: Uuid, signature: string): Promise<StoredFile>
}

export function createPublicLinks(deps: CoreDeps): PublicLinks {
  return {
    sign: (fileId) => deps.signer.sign({ typ: 'file-link', file: fileId }, null),
    async open(fileId, signature) {
      const claims = await deps.signer.verify(signature)
      const file =
        claims?.typ === 'file-link' && claims.file === fileId ? await deps.store.read.files.get(fileId) : null
      if (!file) throw fault.notFound('file.not_found', 'There is no such file.')
      return file
    },
  }
}
