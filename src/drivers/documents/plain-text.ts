// Text of unknown encoding: a byte order mark, else UTF-8 where it is valid, else the old encoding that makes sense of it.

/** Characters that nearly every text in the language has; what a wrong decoding makes of a text seldom hits them. */
const TELLING: readonly (readonly [encoding: string, characters: RegExp])[] = [
  ['shift_jis', /[\u3041-\u3093\u30a1-\u30f4]/g],
  ['euc-jp', /[\u3041-\u3093\u30a1-\u30f4]/g],
  ['gb18030', /[的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年]/g],
  ['big5', /[的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年]/g],
  ['euc-kr', /[이다는을의가에고하지은로한를도서사기어라]/g],
  ['windows-1251', /[оеаинтсрвлкмдпу]/g],
  ['windows-1253', /[αοιετσνηυρπκμλς]/g],
  ['windows-1252', /[äöüßéèêàâçñóíáúîôëïãõåæøœ’“”–—€ÄÖÜÉ]/g],
]
/** How much of a text is looked at to tell its encoding. */
const SAMPLE_BYTES = 64_000

/** Null when the bytes are no text. */
export function plainText(bytes: Uint8Array): string | null {
  const mark = markOf(bytes)
  if (mark !== null) return decode(mark, bytes)
  if (bytes.subarray(0, 8_192).includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return decode(likelyEncoding(bytes), bytes)
  }
}

function markOf(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null
}

function likelyEncoding(bytes: Uint8Array): string {
  const sample = bytes.subarray(0, SAMPLE_BYTES)
  let best = 'windows-1252'
  let bestScore = 0
  for (const [encoding, characters] of TELLING) {
    const text = decode(encoding, sample)
    const foreign = text.match(/[\u0080-\uffff]/g)?.length ?? 1
    const bad = text.match(/[\ufffd\u0080-\u009f\ue000-\uf8ff]/g)?.length ?? 0
    const score = ((text.match(characters)?.length ?? 0) - 5 * bad) / foreign
    if (score > bestScore) [best, bestScore] = [encoding, score]
  }
  return best
}

const decode = (encoding: string, bytes: Uint8Array): string =>
  new TextDecoder(encoding as Bun.Encoding).decode(bytes)
