/** Longest name sent, in characters: file systems stop at 255 bytes, and some clients at headers of 8 KiB. */
const longest = 120;

/**
 * `Content-Disposition` for a download (RFC 6266): the last segment of `name`, once in ASCII for old clients and once
 * in full. Whatever the name holds, the value is one line of printable ASCII, and its quotes are ours.
 */
export function attachment(name: string): string {
  const safe = shorten(withoutControls(lastSegment(name)));
  const full = /^[.\s]*$/.test(safe) ? 'download' : safe;
  return `attachment; filename="${asciiOnly(full)}"; filename*=UTF-8''${encodeExtended(full)}`;
}

function lastSegment(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
}

/**
 * Drops control and format characters: line ends, and the bidirectional overrides that make `gpj.exe` read
 * `exe.jpg`. Letters of every script stay. A lone surrogate can't be encoded and becomes U+FFFD.
 */
function withoutControls(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').replace(/\p{Cs}/gu, '\uFFFD');
}

/** Cuts a long name in the middle, so that its ending survives. */
function shorten(name: string): string {
  if (name.length <= longest) return name;
  const characters = Array.from(name);
  if (characters.length <= longest) return name;
  return `${characters.slice(0, longest - 33).join('')}_${characters.slice(-32).join('')}`;
}

/** RFC 6266 appendix D: no quotes, no backslash, and no percent sign that some clients would decode. */
function asciiOnly(name: string): string {
  return name.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
}

/** RFC 8187 `value-chars`: what encodeURIComponent leaves, less four characters. */
function encodeExtended(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
