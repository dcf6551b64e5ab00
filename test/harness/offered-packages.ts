/** Packages that a fake upstream offers as an npm registry does. */
import type { FakeUpstream } from './fake-upstream.ts';
import { npmPackage } from './packages.ts';

export interface Offered {
  readonly version?: string;
  /** ISO; left out of `time` when null. */
  readonly time?: string | null;
  /** As the manifest says it. */
  readonly license?: unknown;
  readonly dist?: Record<string, unknown>;
  readonly bytes?: Buffer;
}

/** Puts packages into the upstream: one document, and the tarball of each version. */
export async function offerNpm(
  target: FakeUpstream,
  of: string,
  versions: readonly Offered[],
): Promise<Map<string, Buffer>> {
  const tarballs = new Map<string, Buffer>();
  const document = { name: of, 'dist-tags': { latest: versions.at(-1)?.version ?? '1.0.0' }, versions: {}, time: {} };
  for (const { version = '1.0.0', time = '2020-01-01T00:00:00.000Z', license, dist = {}, bytes } of versions) {
    const made = await npmPackage({ name: of, version });
    const path = `/${of}/-/${of.replace(/^.*\//, '')}-${version}.tgz`;
    const tarball = bytes ?? made.tarball;
    Object.assign(document.versions, {
      [version]: {
        ...made.manifest,
        ...(license === undefined ? {} : { license }),
        dist: { tarball: `${target.url}${path}`, integrity: made.integrity, shasum: made.shasum, ...dist },
      },
    });
    if (time !== null) Object.assign(document.time, { [version]: time });
    target.on(path, tarball);
    tarballs.set(version, tarball);
  }
  target.on(`/${of.replace('/', '%2f')}`, document);
  return tarballs;
}
