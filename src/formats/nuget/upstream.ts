import { problem } from '../../problems/problem.ts';
import type { Name } from '../../registry/model.ts';
import {
  ask,
  type DocumentWanted,
  type FileWanted,
  type UpstreamFile,
  type UpstreamProtocol,
  type UpstreamSteps,
} from '../upstream-protocol.ts';
import { flatContainer, registrationKinds } from './document-kinds.ts';
import { nameOf } from './names.ts';
import { mergePackages, type NuGetPackage, type PackageEntry } from './package-entries.ts';
import { readPackageHash, readRegistration, type RegistrationText } from './upstream-registration.ts';
import { readServiceIndex, type Addresses } from './upstream-addresses.ts';

/** How other V3 sources are read: their service index says where everything else is. */
export const nugetUpstream = {
  claims: 'name',
  spelling: (pattern) => pattern.toLowerCase(),
  explains: (name) => ({ name: nameOf(name), kind: registrationKinds.semver2 }),
  documents: [registrationKinds.semver2, flatContainer],
  trustedOrigins: searchOrigins,
  namesBelow,
  document,
  file,
} satisfies UpstreamProtocol;

/** The public gallery searches elsewhere. */
function searchOrigins({ hostname }: URL): readonly string[] {
  return hostname === 'api.nuget.org'
    ? ['https://azuresearch-usnc.nuget.org', 'https://azuresearch-ussc.nuget.org']
    : [];
}

/** `acme.`: https://learn.microsoft.com/nuget/api/search-query-service-resource */
function* namesBelow(beginning: string): UpstreamSteps<readonly string[] | null> {
  const { search } = yield* addressesOf();
  if (search === null) return null;
  const query = new URLSearchParams({ q: beginning, take: '50', prerelease: 'true', semVerLevel: '2.0.0' });
  const ids = yield* ask({ path: `${search}${search.includes('?') ? '&' : '?'}${query.toString()}`, read: readSearch });
  return ids?.filter((id) => id.toLowerCase().startsWith(beginning)) ?? null;
}

function readSearch(text: string): readonly string[] {
  const { data } = JSON.parse(text) as { data?: unknown };
  if (!Array.isArray(data)) throw problem('invalid-json', 'The answer of a search has no data.');
  return (data as unknown[]).flatMap((each) => {
    const { id } = (each ?? {}) as { id?: unknown };
    return typeof id === 'string' ? [id] : [];
  });
}

function* document({ kind, name, dates, licenses }: DocumentWanted): UpstreamSteps<NuGetPackage | null> {
  const addresses = yield* addressesOf();
  if (kind.id === flatContainer.id && !dates && licenses !== true) {
    const path = `${addresses.content}${encodeURIComponent(name.key)}/index.json`;
    return yield* ask({ path, read: readVersions });
  }
  const texts = yield* registrationOf(addresses, name);
  return texts === null ? null : packageOf(texts, addresses);
}

function readVersions(text: string): NuGetPackage {
  return flatContainer.parse(text);
}

/** People name a source by its index or by the folder that it lies in: the path is the same. */
function* addressesOf(): UpstreamSteps<Addresses> {
  const addresses = yield* ask({ path: 'index.json', read: readServiceIndex });
  if (addresses === null) throw problem('invalid-json', 'The upstream has no service index.');
  return addresses;
}

/** The index with the pages that it only names. */
function* registrationOf(addresses: Addresses, name: Name): UpstreamSteps<readonly RegistrationText[] | null> {
  const path = `${addresses.registration}${encodeURIComponent(name.key)}/index.json`;
  const index = yield* ask({ path, read: readRegistration });
  if (index === null) return null;
  const texts = [index];
  for (const page of index.pages) {
    const text = yield* ask({ path: page, read: readRegistration });
    if (text === null) throw problem('invalid-json', 'The registration names a page that is not there.');
    texts.push(text);
  }
  if (texts.some(({ ids }) => [...ids].some((id) => id !== name.key))) {
    throw problem('invalid-json', 'The registration is of another package.');
  }
  return texts;
}

function packageOf(texts: readonly RegistrationText[], { origin }: Addresses): NuGetPackage | null {
  const whole = mergePackages(texts.map(({ nuget }) => nuget));
  if (whole.entries.length === 0) return null;
  const id = texts.findLast(({ nuget }) => nuget.id !== '')?.nuget.id ?? whole.id;
  return { id, entries: whole.entries.map((entry) => withoutLinks(entry, origin)) };
}

/** An icon at the upstream would be fetched past us. */
function withoutLinks(entry: PackageEntry, origin: string): PackageEntry {
  const manifest = JSON.parse(entry.fragment) as { iconUrl?: string };
  if (manifest.iconUrl?.startsWith(`${origin}/`) !== true) return entry;
  const { iconUrl: _past, ...rest } = manifest;
  return { ...entry, fragment: JSON.stringify(rest) };
}

const looks = { '.nupkg': 'zip', '.nuspec': 'xml' } as const;

function* file({ name, versionKey, fileName }: FileWanted): UpstreamSteps<UpstreamFile | null> {
  const ending = (['.nupkg', '.nuspec'] as const).find((text) => fileName.endsWith(text));
  if (name === null || versionKey === null || ending === undefined) return null;
  const addresses = yield* addressesOf();
  const leaf = (yield* registrationOf(addresses, name))
    ?.flatMap(({ leaves }) => leaves)
    .find(({ key }) => key === versionKey);
  if (leaf === undefined) return null;
  return {
    path: addresses.content + [name.key, versionKey, fileName].map(encodeURIComponent).join('/'),
    name,
    version: versionKey,
    publishedAt: leaf.publishedAt,
    license: leaf.license,
    digests: {},
    looksLike: looks[ending],
    // The catalogue has the digest of the package alone.
    ...(ending === '.nupkg' && leaf.catalog !== null
      ? { digestsAt: { path: leaf.catalog, read: readPackageHash } }
      : {}),
  };
}
