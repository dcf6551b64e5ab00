import { problem } from '../../../problems/problem.ts';
import type { Name } from '../../../registry/model.ts';
import {
  ask,
  type DocumentWanted,
  type FileWanted,
  type NotRelayed,
  type UpstreamFile,
  type UpstreamProtocol,
  type UpstreamSteps,
} from '../../upstream-protocol.ts';
import { addressGoodFor, trustedOrigins } from '../upstream-address.ts';
import { withDates } from '../upstream-dates.ts';
import { fileStem, knownFile, type ReleaseFile } from './file-names.ts';
import { readMirrorArchives, readMirrorIndex } from './mirror-parse.ts';
import { addressedProvider, foreignProvider, typeOf } from './names.ts';
import { isReleaseKind, type ProviderRelease, type ProviderReleases } from './release-list.ts';
import { placeOf, type Place, versionsUrl } from './upstream-place.ts';
import { type Platform, type ProviderList, type ProviderVersion, providerVersions } from './version-list.ts';
import {
  type ForeignPackage,
  type ForeignPlatform,
  type ForeignVersion,
  readPackage,
  readVersions,
} from './versions-parse.ts';

const accept = 'application/json';

/** How other provider registries and network mirrors are read. */
export const providerUpstream = {
  claims: 'name',
  // A registry has one host, so its rules need not say it; a mirror's names match as they are.
  spelling: (pattern) => pattern.toLowerCase().split('/').slice(-2).join('/'),
  inGroup: ({ key }) => {
    const [group = '', nameKey = '', ...more] = key.split('/');
    return more.length > 0 ? null : { group, nameKey };
  },
  refusesForeign: true,
  trustedOrigins,
  explains: (address) => {
    const [type = '', namespace = '', hostname, ...more] = address.split('/').toReversed();
    if (more.length > 0) throw problem('package-not-found', 'A provider is called [host/]namespace/type.');
    const name =
      hostname === undefined ? addressedProvider({ namespace, type }) : foreignProvider({ hostname, namespace, type });
    return { name, kind: providerVersions };
  },
  document,
  file,
} satisfies UpstreamProtocol;

function* document(
  { kind, name, dates }: DocumentWanted,
  base: URL,
): UpstreamSteps<ProviderList | ProviderReleases | null> {
  const place = yield* placeOf(name, base);
  if (place === null) return null;
  const versions = yield* versionsOf(place);
  if (isReleaseKind(kind)) {
    const listed = versions.find(({ version }) => version === kind.version);
    const dated = listed === undefined ? null : yield* datedVersion(place, listed, dates);
    const release = dated === null ? null : yield* releaseOf(place, name, dated);
    return release === null ? null : { releases: [release] };
  }
  if (kind.id !== providerVersions.id || versions.length === 0) return null;
  const dated = dates && place.kind === 'registry' ? yield* withDates(versions, urlOfVersion(place)) : versions;
  return { name: name.display, versions: dated.map((one) => listedVersion(name, one)) };
}

function* file(
  { name, versionKey, fileName, dates }: FileWanted,
  base: URL,
): UpstreamSteps<UpstreamFile | NotRelayed | null> {
  if (name === null || versionKey === null) return null;
  const known = knownFile(typeOf(name), versionKey, fileName);
  const place = known === null ? null : yield* placeOf(name, base);
  if (known === null || place === null) return null;
  const listed = (yield* versionsOf(place)).find(({ version }) => version === versionKey);
  if (listed === undefined) return null;
  const { publishedAt } = yield* datedVersion(place, listed, dates);
  const found = yield* place.kind === 'mirror'
    ? mirroredFile(place, known, versionKey)
    : releasedFile(place, known, listed, fileName);
  return found === null || 'notRelayed' in found ? found : { ...found, name, version: versionKey, publishedAt };
}

type Located = Pick<UpstreamFile, 'path' | 'digests' | 'looksLike'>;

function* mirroredFile(place: Place, file: ReleaseFile, version: string): UpstreamSteps<Located | null> {
  if (file.kind !== 'archive') return null;
  const archives = (yield* archivesOf(place, version)) ?? [];
  const archive = archives.find(({ os, arch }) => os === file.os && arch === file.arch);
  if (archive === undefined) return null;
  const { url: path, sha256 } = archive;
  return { path, digests: sha256 === null ? {} : { sha256 }, looksLike: 'zip' };
}

function* releasedFile(
  place: Place,
  file: ReleaseFile,
  { version, platforms }: ForeignVersion,
  fileName: string,
): UpstreamSteps<Located | NotRelayed | null> {
  if (file.kind === 'manifest') return null;
  const platform =
    file.kind === 'archive' ? platforms.find(({ os, arch }) => os === file.os && arch === file.arch) : platforms[0];
  const found = platform === undefined ? null : yield* packageOf(place, version, platform);
  if (found === null) return null;
  if (file.kind === 'shasums') return { path: found.sumsUrl, digests: {}, looksLike: 'digests' };
  if (file.kind === 'signature') return { path: found.signatureUrl, digests: {}, looksLike: 'openpgp' };
  if (found.fileName !== fileName) {
    return { notRelayed: `The upstream calls the archive ${found.fileName.slice(0, 200)}, and not ${fileName}.` };
  }
  return { path: found.archiveUrl, digests: { sha256: found.sha256 }, looksLike: 'zip' };
}

function* versionsOf(place: Place): UpstreamSteps<readonly ForeignVersion[]> {
  if (place.kind === 'registry') return (yield* ask({ path: versionsUrl(place), accept, read: readVersions })) ?? [];
  const versions = yield* ask({ path: `${place.url}/index.json`, accept, read: readMirrorIndex });
  return (versions ?? []).map((version) => ({ version, publishedAt: null, protocols: [], platforms: [] }));
}

/** Mirrors know no dates. */
function* datedVersion(place: Place, listed: ForeignVersion, dates: boolean): UpstreamSteps<ForeignVersion> {
  if (!dates || place.kind === 'mirror') return listed;
  const [dated = listed] = yield* withDates([listed], urlOfVersion(place));
  return dated;
}

function* releaseOf(place: Place, name: Name, listed: ForeignVersion): UpstreamSteps<ProviderRelease | null> {
  if (place.kind === 'mirror') {
    const archives = yield* archivesOf(place, listed.version);
    if (archives === null) return null;
    const platforms = archives.map((one) => platformOf(name, listed.version, one, one));
    return { ...listed, platforms, keys: [], hasSums: false };
  }
  const [first] = listed.platforms;
  const found = first === undefined ? null : yield* packageOf(place, listed.version, first);
  if (found === null) return null;
  const platforms = listed.platforms.map((one) => {
    return platformOf(name, listed.version, one, { sha256: null, h1: found.h1.get(`${one.os}_${one.arch}`) ?? null });
  });
  return { ...listed, platforms, keys: found.keys, hasSums: true };
}

function packageOf(place: Place, version: string, { os, arch }: ForeignPlatform): UpstreamSteps<ForeignPackage | null> {
  const path = `${urlOfVersion(place)(version)}/download/${os}/${arch}`;
  return ask({ path, accept, read: readPackage, goodFor: addressGoodFor });
}

function archivesOf({ url }: Place, version: string) {
  const path = `${url}/${encodeURIComponent(version)}.json`;
  return ask({ path, accept, read: readMirrorArchives, goodFor: addressGoodFor });
}

function listedVersion(name: Name, { platforms, ...rest }: ForeignVersion): ProviderVersion {
  const none = { sha256: null, h1: null };
  return { ...rest, platforms: platforms.map((one) => platformOf(name, rest.version, one, none)) };
}

function platformOf(
  name: Name,
  version: string,
  { os, arch }: ForeignPlatform,
  { sha256, h1 }: Pick<Platform, 'sha256' | 'h1'>,
): Platform {
  return { os, arch, h1, fileName: `${fileStem(typeOf(name), version)}_${os}_${arch}.zip`, sha256, size: null };
}

function urlOfVersion({ url }: Place): (version: string) => string {
  return (version) => `${url}/${encodeURIComponent(version)}`;
}
