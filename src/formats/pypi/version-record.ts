import type { Publication } from '../../registry/model.ts';
import type { CoreMetadata } from './core-metadata.ts';
import { plainText } from './plain-text.ts';
import type { PythonVersion } from './version-order.ts';

/** Characters. */
const maxReadme = 128 * 1024;
const maxSummary = 512;
const maxKeywords = 200;

type VersionRecord = Pick<Publication, 'manifest' | 'summary' | 'readme' | 'description' | 'keywords'>;

/** What is stored of a version: its metadata under the names that the JSON API has for them. */
export function describeVersion(core: CoreMetadata, { normalized }: PythonVersion): VersionRecord {
  const { name, metadataVersion, texts, lists, description } = core;
  const summary = texts.get('summary')?.split('\n', 1)[0] ?? null;
  const info = {
    name,
    version: normalized,
    metadata_version: metadataVersion,
    ...Object.fromEntries(texts),
    ...Object.fromEntries(lists),
  };
  return {
    manifest: JSON.stringify(info),
    // Pages list files, whose details say what is needed.
    summary: '{}',
    readme: description === null ? null : plainText(description, maxReadme),
    description: summary === null ? null : plainText(summary, maxSummary),
    keywords: keywordsOf(texts.get('keywords')),
  };
}

function keywordsOf(text = ''): readonly string[] {
  const separator = text.includes(',') ? ',' : /\s+/;
  const words = text.split(separator).map((word) => plainText(word.trim(), 256));
  return words.filter((word) => word !== '').slice(0, maxKeywords);
}
