/**
 * Types that no browser runs, by the end of a file's name. What isn't listed goes out as bytes: HTML, SVG, XML, scripts,
 * style sheets and PDF are left out on purpose, for they would run on the origin that the web UI has.
 */
const inert = new Map<string, string>([
  ['7z', 'application/x-7z-compressed'],
  ['bz2', 'application/x-bzip2'],
  ['crate', 'application/gzip'],
  ['deb', 'application/vnd.debian.binary-package'],
  ['gif', 'image/gif'],
  ['gz', 'application/gzip'],
  ['jar', 'application/java-archive'],
  ['jpeg', 'image/jpeg'],
  ['jpg', 'image/jpeg'],
  ['json', 'application/json'],
  ['png', 'image/png'],
  ['rpm', 'application/x-rpm'],
  ['tar', 'application/x-tar'],
  ['tgz', 'application/gzip'],
  ['war', 'application/java-archive'],
  ['webp', 'image/webp'],
  ['whl', 'application/zip'],
  ['xz', 'application/x-xz'],
  ['zip', 'application/zip'],
  ['zst', 'application/zstd'],
]);

const plainText = new Set(
  'asc cfg conf csv diff ini log lock md md5 patch pem properties rst sha1 sha256 sha512 toml tsv txt yaml yml'.split(
    ' ',
  ),
);

/** A media type for a download of that name which a browser never runs. */
export function mediaTypeOf(fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  // No ending of interest is longer than ten characters.
  const ending = dot === -1 || fileName.length - dot > 11 ? '' : fileName.slice(dot + 1).toLowerCase();
  if (plainText.has(ending)) return 'text/plain; charset=utf-8';
  return inert.get(ending) ?? 'application/octet-stream';
}
