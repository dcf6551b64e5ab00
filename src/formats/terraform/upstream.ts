import { problem } from '../../problems/problem.ts';
import type { Name } from '../../registry/model.ts';
import {
  ask,
  type DocumentWanted,
  type FileWanted,
  type NotRelayed,
  type UpstreamAnswerHead,
  type UpstreamFile,
  type UpstreamProtocol,
  type UpstreamSteps,
} from '../upstream-protocol.ts';
import { foreignArchiveName } from './module-file.ts';
import { isLocationKind, type ModuleLocations } from './module-location.ts';
import { type ModuleSource, readModuleSource } from './module-source.ts';
import { readModuleVersions } from './module-versions-parse.ts';
import { addressedModule } from './names.ts';
import { addressGoodFor, addressOf, trustedOrigins } from './upstream-address.ts';
import { withDates } from './upstream-dates.ts';
import { type ListedVersion, moduleVersions, type VersionList } from './version-list.ts';

const accept = 'application/json';

/** How other module registries are read. https://developer.hashicorp.com/terraform/internals/module-registry-protocol */
export const moduleUpstream = {
  claims: 'name',
  spelling: (pattern) => pattern.toLowerCase(),
  inGroup: ({ key }) => {
    const [group = '', name = '', system = ''] = key.split('/');
    return { group, nameKey: `${name}/${system}` };
  },
  refusesForeign: true,
  trustedOrigins,
  explains: (address) => {
    const [namespace = '', name = '', system = '', ...more] = address.split('/');
    if (more.length > 0) throw problem('package-not-found', 'A module is called namespace/name/system.');
    return { name: addressedModule({ namespace, name, system }), kind: moduleVersions };
  },
  document,
  file,
} satisfies UpstreamProtocol;

function* document(
  { kind, name, dates }: DocumentWanted,
  base: URL,
): UpstreamSteps<VersionList | ModuleLocations | null> {
  const service = yield* addressOf('modules.v1', base);
  if (service === null) return null;
  const module = `${service}${pathOf(name)}`;
  if (isLocationKind(kind)) {
    const found = yield* locate(module, kind.version, dates);
    if (found === null) return null;
    const { source, listed } = found;
    const { version, publishedAt } = listed;
    const place =
      'refused' in source ? { archive: 'tgz' as const, folder: '' } : { archive: source.kind, folder: source.folder };
    return { locations: [{ version, publishedAt, ...place }] };
  }
  if (kind.id !== moduleVersions.id) return null;
  const versions = yield* versionsOf(module);
  if (versions.length === 0) return null;
  const dated = dates ? yield* withDates(versions, (version) => versionOf(module, version)) : versions;
  return { name: name.display, versions: dated };
}

function* file(
  { name, versionKey, fileName, dates }: FileWanted,
  base: URL,
): UpstreamSteps<UpstreamFile | NotRelayed | null> {
  if (name === null || versionKey === null || fileName !== foreignArchiveName(name, versionKey)) return null;
  const service = yield* addressOf('modules.v1', base);
  const found = service === null ? null : yield* locate(`${service}${pathOf(name)}`, versionKey, dates);
  if (found === null) return null;
  const { source, listed } = found;
  if ('refused' in source) {
    const what = `${name.display} ${versionKey} ${source.refused}`;
    return { notRelayed: `${what}: it can't be kept here. Upload its archive to a project instead.` };
  }
  const { url, kind, digests } = source;
  const looksLike = kind === 'zip' ? 'zip' : 'gzip';
  return { path: url, name, version: versionKey, publishedAt: listed.publishedAt, digests, looksLike };
}

function* locate(
  module: string,
  version: string,
  dates: boolean,
): UpstreamSteps<{ readonly source: ModuleSource; readonly listed: ListedVersion } | null> {
  const known = (yield* versionsOf(module)).find((one) => one.version === version);
  if (known === undefined) return null;
  const [listed = known] = dates ? yield* withDates([known], (wanted) => versionOf(module, wanted)) : [known];
  const path = `${versionOf(module, version)}/download`;
  const source = yield* ask({ path, accept, read: readSource, goodFor: addressGoodFor });
  return source === null ? null : { source, listed };
}

function* versionsOf(module: string): UpstreamSteps<readonly ListedVersion[]> {
  return (yield* ask({ path: `${module}/versions`, accept, read: readModuleVersions })) ?? [];
}

function versionOf(module: string, version: string): string {
  return `${module}/${encodeURIComponent(version)}`;
}

function pathOf({ display }: Name): string {
  return display.split('/').map(encodeURIComponent).join('/');
}

/** The header that Terraform goes by, or the body that OpenTofu does. */
function readSource(text: string, { url, headers }: UpstreamAnswerHead): ModuleSource {
  const header = headers['x-terraform-get'];
  const location = header ?? (JSON.parse(text) as { location?: unknown }).location;
  if (typeof location !== 'string' || location === '') throw problem('invalid-json', 'The answer names no source.');
  return readModuleSource(location, url);
}
