// RTF: groups, control words, characters by code page or Unicode. Formatting is dropped.

/** Groups that hold no text of the document. */
const SKIPPED = new Set(
  (
    'fonttbl colortbl stylesheet info pict object header footer headerl headerr footerl footerr ftnsep listtable ' +
    'listoverridetable revtbl rsidtbl generator themedata colorschememapping latentstyles datastore fldinst xmlnstbl'
  ).split(' '),
)
const SAID: Readonly<Record<string, string>> = {
  par: '\n',
  sect: '\n',
  page: '\n',
  line: '\n',
  row: '\n',
  cell: ' | ',
  tab: '\t',
  emdash: '—',
  endash: '–',
  bullet: '•',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
}

interface Group {
  skip: boolean
  /** Characters that stand for readers without Unicode, after each \u. */
  fallback: number
}

export function rtfText(bytes: Uint8Array): string {
  const source = new TextDecoder('latin1').decode(bytes)
  const token = /\\([a-z]+)(-?\d+)? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)/gi
  const groups: Group[] = [{ skip: false, fallback: 1 }]
  let codePage = 'windows-1252'
  let out = ''
  let pending = 0
  /** Bytes of one or more \' in a row: in East Asian code pages two are one character. */
  let raw: number[] = []
  const flush = () => {
    if (raw.length > 0) out += new TextDecoder(codePage as Bun.Encoding).decode(new Uint8Array(raw))
    raw = []
  }
  const say = (text: string) => {
    flush()
    const group = groups.at(-1)
    if (group?.skip) return
    const kept = text.slice(pending)
    pending = Math.max(0, pending - text.length)
    out += kept
  }
  for (const [, word, given, hex, symbol, brace, text] of source.matchAll(token)) {
    const group = groups.at(-1) ?? { skip: false, fallback: 1 }
    if (brace === '{') groups.push({ ...group })
    else if (brace === '}') {
      flush()
      groups.pop()
      pending = 0
    } else if (hex !== undefined) {
      if (pending > 0) pending--
      else if (!group.skip) raw.push(Number.parseInt(hex, 16))
    } else if (symbol === '*') group.skip = true
    else if (symbol !== undefined)
      say(symbol === '~' ? ' ' : symbol === '_' ? '-' : /[\\{}]/.test(symbol) ? symbol : '')
    else if (text !== undefined) say(text)
    else if (word !== undefined) {
      const value = given === undefined ? null : Number(given)
      if (SKIPPED.has(word)) group.skip = true
      else if (word === 'ansicpg' && value !== null) codePage = encodingOf(value)
      else if (word === 'uc' && value !== null) group.fallback = value
      else if (word === 'u' && value !== null) {
        pending = 0
        say(String.fromCharCode(value < 0 ? value + 65_536 : value))
        pending = group.fallback
      } else if (SAID[word] !== undefined) say(SAID[word])
    }
  }
  flush()
  return out
    .toWellFormed()
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

function encodingOf(codePage: number): string {
  const names: Readonly<Record<number, string>> = {
    932: 'shift_jis',
    936: 'gbk',
    949: 'euc-kr',
    950: 'big5',
    65001: 'utf-8',
  }
  const name = names[codePage] ?? `windows-${codePage}`
  try {
    new TextDecoder(name as Bun.Encoding)
    return name
  } catch {
    return 'windows-1252'
  }
}
