/** The servers of one run. All of them stand still but the one that is measured. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Fixtures } from './fixtures.ts';
import type { Pinning } from './machine/pinning.ts';
import type { Options } from './options.ts';
import { type Nginx, startNginx } from './peers/nginx.ts';
import { openPackyard, type Packyard } from './peers/packyard.ts';
import type { Peer, Registry } from './peers/peer.ts';
import { type BenchStorage, files, remote } from './peers/storage.ts';
import { openVerdaccio, type Verdaccio } from './peers/verdaccio.ts';

export interface Bench {
  readonly options: Options;
  readonly pinning: Pinning;
  /** For whatever a scenario must write; removed afterwards. */
  readonly folder: string;
  readonly packyard: Packyard;
  readonly nginx: Nginx;
  readonly verdaccio: Verdaccio | null;
  readonly peers: readonly Peer[];
  readonly registries: readonly Registry[];
  readonly fixtures: Fixtures;
  readonly storage: BenchStorage;
}

export async function openBench(options: Options, pinning: Pinning, folder: string): Promise<Bench> {
  const flags = options.profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${path.resolve(options.profile)}`];
  const parts = { packyard: path.join(folder, 'packyard'), nginx: path.join(folder, 'nginx') };
  for (const part of Object.values(parts)) await mkdir(part, { recursive: true });
  const nginx = await startNginx(parts.nginx, pinning);
  nginx.process.pause();
  const { upstreamUrl } = nginx;
  const storage = options.storage === 'remote' ? await remote() : files;
  const opened = await openPackyard(parts.packyard, pinning, { upstreamUrl, storage }, flags);
  const packyard = options.profile === null ? opened : withoutPauses(opened);
  packyard.process.pause();
  const verdaccio = options.verdaccio
    ? await openVerdaccio(path.join(folder, 'verdaccio'), pinning, upstreamUrl)
    : null;
  verdaccio?.process.pause();
  const registries = verdaccio === null ? [packyard] : [packyard, verdaccio];
  return {
    options,
    pinning,
    folder,
    storage,
    packyard,
    nginx,
    verdaccio,
    peers: [packyard, nginx, ...(verdaccio === null ? [] : [verdaccio])],
    registries,
    fixtures: new Fixtures(packyard, nginx, verdaccio),
  };
}

/** A profiler counts a pause as time of whatever was running. */
function withoutPauses(packyard: Packyard): Packyard {
  return { ...packyard, process: { ...packyard.process, pause: () => undefined } };
}
