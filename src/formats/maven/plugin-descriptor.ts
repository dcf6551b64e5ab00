import { cutText } from '../../lib/cut-text.ts';
import { InvalidXml } from '../../lib/invalid-xml.ts';
import { InvalidArchive, openZip } from '../../lib/zip-reader.ts';
import { readXml, textOf } from '../../lib/xml-reader.ts';
import type { StagedFile } from '../../registry/model.ts';
import type { FilePath } from './path.ts';

/** `PublishedFile.details` of a plugin's jar. */
export interface PluginDetails {
  readonly plugin: { readonly prefix: string; readonly name: string };
}

const entryName = 'META-INF/maven/plugin.xml';
const largest = 2 * 1024 ** 2;
const prefixForm = /^[\w.+-]{1,100}$/;

/**
 * The prefix that a plugin's jar says of itself; `null` for any other jar, and for one that names another artifact. A jar
 * that can't be read is stored like any file, without a prefix.
 */
export async function readPluginDescriptor(staged: StagedFile, path: FilePath): Promise<PluginDetails | null> {
  try {
    const zip = await openZip(staged, { lenient: true });
    const entry = zip.find(entryName);
    return entry === null ? null : pluginOf(await zip.readEntry(entry, largest), path);
  } catch (error) {
    if (error instanceof InvalidArchive || error instanceof InvalidXml) return null;
    throw error;
  }
}

function pluginOf(descriptor: Buffer, { groupId, artifactId }: FilePath): PluginDetails | null {
  const plugin = readXml(descriptor, { bytes: largest, nodes: 200_000 });
  if (textOf(plugin, 'groupId') !== groupId || textOf(plugin, 'artifactId') !== artifactId) return null;
  const prefix = textOf(plugin, 'goalPrefix') ?? '';
  if (!prefixForm.test(prefix)) return null;
  const name = cutText((textOf(plugin, 'name') || artifactId).replace(/\s+/g, ' '), 200);
  return { plugin: { prefix, name } };
}
