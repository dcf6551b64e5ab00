import { entryAt, type Nupkg, sound } from './nupkg.ts';
import type { EmbeddedFile } from './manifest.ts';

/** Names of the stored files, and of their URLs below `/download/:id/:version/`. */
export const embeddedNames: Readonly<Record<EmbeddedFile, string>> = {
  readme: 'readme',
  icon: 'icon',
  license: 'license',
};

export interface Embedded {
  readonly files: readonly { readonly file: EmbeddedFile; readonly bytes: Buffer; readonly mediaType: string }[];
  readonly readmeText: string | null;
  /** Sentences about what the nuspec names and the package doesn't hold as it should. */
  readonly warnings: readonly string[];
}

/** nuget.org's limit for each. */
const largest = 1024 ** 2;
const text = 'text/plain; charset=utf-8';

/** README, icon and licence that the nuspec names, as far as they can be shown; the rest is warned of, not refused. */
export async function readEmbedded(nupkg: Nupkg): Promise<Embedded> {
  const files: Embedded['files'][number][] = [];
  const warnings: string[] = [];
  for (const [file, path] of Object.entries(nupkg.nuspec.embedded) as [EmbeddedFile, string][]) {
    const entry = entryAt(nupkg.zip, path);
    if (entry === null || entry.size > largest) {
      warnings.push(`The ${file} ${path} is ${entry === null ? 'not in the package' : 'larger than 1 MiB'}.`);
      continue;
    }
    const bytes = await sound(() => nupkg.zip.readEntry(entry, largest));
    const mediaType = file === 'icon' ? imageType(bytes) : text;
    if (mediaType === null) warnings.push(`The icon ${path} is neither PNG nor JPEG, and isn't shown.`);
    else files.push({ file, bytes, mediaType });
  }
  const readme = files.find(({ file }) => file === 'readme');
  return { files, readmeText: readme === undefined ? null : readableText(readme.bytes), warnings };
}

/** By their first bytes: an icon is shown in browsers, so what calls itself one isn't believed. */
function imageType(bytes: Buffer): string | null {
  if (bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))) return 'image/png';
  if (bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))) return 'image/jpeg';
  return null;
}

/** Databases take no NUL in text. */
function readableText(bytes: Buffer): string {
  return bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replaceAll('\0', '');
}
