import type {
  CallerView,
  DocumentKind,
  FormatRequest,
  MountScope,
  PlainReply,
  RegistryPort,
} from '../../src/formats/format.ts';
import type { NuGetManifest } from '../../src/formats/nuget/manifest.ts';
import { parseVersion } from '../../src/formats/nuget/nuget-version.ts';
import { v2Routes } from '../../src/formats/nuget/v2-routes.ts';
import { segmentsOf } from '../../src/http/path.ts';
import { RouteTable } from '../../src/http/route-match.ts';
import type { Name, SearchQuery, SourcePackage, SourceVersion } from '../../src/registry/model.ts';
import { alice, now, packageOf } from '../npm/fake-registry.ts';

export const base = 'https://registry.example/api/v4/projects/1/packages/nuget';

const table = new RouteTable(v2Routes);

/** Versions of one package: what their nuspecs say, and whether they are unlisted. */
export type Version = Partial<NuGetManifest> & { readonly unlisted?: true };

/** What V2 feeds ask of a registry, from packages in memory. */
export class FeedRegistry {
  scope: MountScope = 'project';
  caller: CallerView = alice;
  readonly packages = new Map<string, SourcePackage>();
  counts = new Map<string, number>();
  asked = 0;

  add(id: string, versions: Readonly<Record<string, Version>>): this {
    const source = packageOf(id, Object.keys(versions), {
      nameKey: id.toLowerCase(),
      change: (version) => changeOf(id, version, versions[version] ?? {}),
    });
    this.packages.set(id.toLowerCase(), source);
    return this;
  }

  async contents<Doc>(kind: DocumentKind<Doc>, name: Name): Promise<Doc | null> {
    this.asked += 1;
    const source = this.packages.get(name.key);
    return source === undefined ? null : kind.build(source);
  }

  async names({ after = '', limit }: { after?: string; limit: number }) {
    const sorted = [...this.packages.values()].sort((a, b) => (a.nameKey < b.nameKey ? -1 : 1));
    const left = sorted.filter(({ nameKey }) => nameKey > after).slice(0, limit);
    return left.map(({ name, nameKey }) => ({ key: nameKey, display: name }));
  }

  async search({ words, keywords = [], limit, offset }: SearchQuery) {
    const hits = [...this.packages.values()].filter(({ versions }) => {
      const text = versions.map(({ fragment }) => fragment.toLowerCase()).join(' ');
      return [...words, ...keywords].every((word) => text.includes(word.toLowerCase()));
    });
    return { hits: hits.slice(offset, offset + limit).map(({ name }) => ({ name })), total: hits.length };
  }

  async downloads(): Promise<ReadonlyMap<string, number>> {
    return this.counts;
  }

  now(): number {
    return now;
  }
}

function changeOf(id: string, version: string, { unlisted, ...said }: Version): Partial<SourceVersion> {
  const parsed = parseVersion(version);
  const manifest: NuGetManifest = {
    id,
    version,
    semVer2: version.includes('+') || (parsed?.labels.length ?? 0) > 1,
    authors: 'Mara',
    description: `About ${id}`,
    tags: [],
    packageTypes: [{ name: 'Dependency' }],
    dependencyGroups: [],
    size: 1_234,
    sha512: 'ab'.repeat(64),
    embedded: [],
    ...said,
  };
  const key = parsed?.key ?? version;
  return { key, fragment: JSON.stringify(manifest), standing: unlisted === true ? 'unlisted' : null };
}

/** `GET` of a raw path below `/v2`, as the server routes it; a `Problem` that is no answer of the feed rejects. */
export async function ask(
  registry: FeedRegistry,
  rawPath: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; type: string; text: string; reason: string | undefined }> {
  const [path = '', query = ''] = rawPath.split('?', 2);
  const found = table.find('GET', segmentsOf(`/v2${path}`));
  if ('allowed' in found) throw new Error(`no route for ${rawPath}`);
  const request = { method: 'GET', params: found.params, query: new URLSearchParams(query), headers, base };
  const reply = (await found.route.handler(
    request as unknown as FormatRequest,
    registry as unknown as RegistryPort,
  )) as PlainReply;
  const { body } = reply;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status: reply.status, type: reply.headers?.['content-type'] ?? '', text, reason: reply.reason };
}

/** `Id Version` of each entry, in order. */
export function entriesIn(text: string): string[] {
  return [...text.matchAll(/<d:Id>(.*?)<\/d:Id><d:Version>(.*?)<\/d:Version>/g)].map(
    ([, id, version]) => `${id} ${version}`,
  );
}
