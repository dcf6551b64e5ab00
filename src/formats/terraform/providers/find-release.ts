import { problem } from '../../../problems/problem.ts';
import type { Name } from '../../../registry/model.ts';
import type { RegistryPort } from '../../format.ts';
import { shasumsName } from './file-names.ts';
import { typeOf } from './names.ts';
import { type ProviderRelease, providerRelease } from './release-list.ts';
import { parseShasums } from './shasums.ts';
import { type Platform, type ProviderVersion, providerVersions } from './version-list.ts';

/** All of one version, with its archives' digests. `package-not-found`, `version-not-found`. */
export async function releaseOf(view: RegistryPort, name: Name, version: string): Promise<ProviderRelease> {
  const list = await view.contents(providerRelease(version), name);
  if (list === null) throw problem('package-not-found', `There is no provider ${name.display} here.`);
  const [release] = list.releases;
  if (release === undefined) throw noVersion(name, version);
  if (!release.hasSums || release.platforms.every(({ sha256 }) => sha256 !== null)) return release;
  const fileName = shasumsName(typeOf(name), version);
  const sums = await view.read(await view.file(name, { versionKey: version, fileName, whole: true }));
  return { ...release, platforms: withDigests(release.platforms, readSums(sums.toString('utf8'))) };
}

/** What isn't named there is no part of the release. */
function withDigests(platforms: readonly Platform[], sums: ReadonlyMap<string, string>): readonly Platform[] {
  return platforms.flatMap((platform) => {
    const sha256 = sums.get(platform.fileName);
    return sha256 === undefined ? [] : [{ ...platform, sha256 }];
  });
}

function readSums(text: string): ReadonlyMap<string, string> {
  try {
    return parseShasums(text);
  } catch {
    throw problem('upstream-failed', 'The SHA256SUMS of the upstream can not be read.');
  }
}

export async function releasedVersion(view: RegistryPort, name: Name, version: string): Promise<ProviderVersion> {
  const list = await view.contents(providerVersions, name);
  if (list === null) throw problem('package-not-found', `There is no provider ${name.display} here.`);
  const found = list.versions.find((one) => one.version === version);
  if (found === undefined) throw noVersion(name, version);
  return found;
}

function noVersion(name: Name, version: string): Error {
  return problem('version-not-found', `The provider ${name.display} has no version ${version}.`);
}
