// EML: who wrote what to whom, the text (or the HTML's text), and the names of what was attached.
import PostalMime, { type Address } from 'postal-mime'
import { htmlText } from './html.ts'

export async function mailText(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const mail = await PostalMime.parse(bytes, { maxNestingDepth: 50, maxHeadersSize: 1_000_000 })
  const head = [
    ['From', addresses(mail.from ? [mail.from] : [])],
    ['To', addresses(mail.to)],
    ['Cc', addresses(mail.cc)],
    ['Date', mail.date ?? ''],
    ['Subject', mail.subject ?? ''],
  ].flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []))
  const body = (mail.text ?? '').trim() || htmlText(mail.html ?? '').text
  const attached = mail.attachments.map(({ filename }) => `Attached: ${filename ?? 'unnamed'}`)
  return [head.join('\n'), body, attached.join('\n')].filter((part) => part !== '').join('\n\n')
}

function addresses(list: readonly Address[] | undefined): string {
  return (list ?? [])
    .flatMap((one) => ('group' in one && one.group ? one.group : [one]))
    .map(({ name, address }) => (name && address ? `${name} <${address}>` : (address ?? name)))
    .join(', ')
}
