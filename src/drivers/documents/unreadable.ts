/** No text can be had out of a document; the message is for the person who uploaded it. */
export class DocumentUnreadable extends Error {
  override readonly name = 'DocumentUnreadable'
}
