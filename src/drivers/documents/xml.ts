// XML as a stream of events: documents are read in one pass, however deep they nest, and no tree is built.
import { Parser } from 'htmlparser2'

export type Attributes = Readonly<Record<string, string>>

export interface XmlHandler {
  open?(name: string, attributes: Attributes): void
  text?(text: string): void
  close?(name: string): void
}

/** Names keep their prefix (`w:t`). Entities of the document's own making are not expanded. */
export function readXml(xml: string, handler: XmlHandler): void {
  const parser = new Parser(
    {
      onopentag: (name, attributes) => handler.open?.(name, attributes),
      ontext: (text) => handler.text?.(text),
      onclosetag: (name) => handler.close?.(name),
    },
    { xmlMode: true, decodeEntities: true },
  )
  parser.end(xml)
}

/** Relationships of an office part: id → name of the part it means, by type's last word. */
export function relations(xml: string | null): { id: string; type: string; target: string }[] {
  const found: { id: string; type: string; target: string }[] = []
  if (xml !== null) {
    readXml(xml, {
      open(name, { Id, Type, Target }) {
        if (name === 'Relationship' && Id && Target)
          found.push({ id: Id, type: (Type ?? '').split('/').at(-1) ?? '', target: Target })
      },
    })
  }
  return found
}
