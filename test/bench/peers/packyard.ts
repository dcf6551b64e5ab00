import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../../architecture/source.ts';
import { management } from '../../harness/management.ts';
import { createRegistry, gid } from '../../harness/virtual.ts';
import { freePort } from '../machine/free-port.ts';
import type { Pinning } from '../machine/pinning.ts';
import { type ServerProcess, start, untilReady } from '../machine/processes.ts';
import { isOpen } from '../packages.ts';
import type { Registry } from './peer.ts';
import type { BenchStorage } from './storage.ts';

export interface PackyardServer {
  readonly process: ServerProcess;
  /** Without a trailing slash. */
  readonly url: string;
}

export interface Packyard extends Registry {
  readonly id: 'packyard';
  readonly folder: string;
  /** Base of a project's Generic packages, without a trailing slash. */
  readonly genericUrl: string;
  readonly searchUrl: string;
  /** Base of a virtual registry of the closed project and the upstream, without a trailing slash. */
  readonly virtualUrl: string;
}

const rootToken = 'root-token-of-the-bench-only';

/**
 * Starts the built server on a data folder and resolves when it is ready. As in production: users, tokens and durable
 * publishes, and every request logged.
 */
export async function startPackyard(
  folder: string,
  pinning: Pinning,
  nodeFlags: readonly string[] = [],
  settings: Readonly<Record<string, string>> = {},
): Promise<PackyardServer> {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const process_ = start({
    command: pinning.server([process.execPath, ...nodeFlags, path.join(root, 'bin/packyard.cjs'), 'serve']),
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      PACKYARD_DATA: path.join(folder, 'data'),
      PACKYARD_PORT: String(port),
      PACKYARD_ROOT_TOKEN: rootToken,
      PACKYARD_LOG_FORMAT: 'json',
      PACKYARD_REQUEST_LOG: 'true',
      PACKYARD_UPSTREAM_ALLOW: '127.0.0.1',
      ...settings,
    },
    errors: path.join(folder, 'errors.txt'),
  });
  await untilReady(process_, `${url}/-/readiness`);
  return { process: process_, url };
}

/** A server with a private and a public project, a virtual registry, and a developer of all who is nothing else. */
export async function openPackyard(
  folder: string,
  pinning: Pinning,
  place: { readonly upstreamUrl: string; readonly storage: BenchStorage },
  nodeFlags: readonly string[] = [],
): Promise<Packyard> {
  const { upstreamUrl, storage } = place;
  const server = await startPackyard(folder, pinning, nodeFlags, await storage.newPlace());
  const admin = management(server.url, rootToken);
  const group = await admin.createGroup('bench', 'public');
  const closed = await admin.createProject('bench/closed', 'private');
  const open = await admin.createProject('bench/open', 'public');
  const developer = await admin.createUser('dev');
  for (const project of [closed, open]) await admin.addMember(project, developer, 'developer');
  const virtual = await createRegistry({ ...admin, url: server.url }, group, 'npm', [
    gid.project(closed.id),
    upstreamUrl,
  ]);
  const npm = (name: string): string => (isOpen(name) ? open.npm : closed.npm);
  return {
    id: 'packyard',
    process: server.process,
    folder,
    authorization: `Bearer ${developer.token}`,
    genericUrl: closed.generic,
    searchUrl: `${closed.npm}-/v1/search`,
    virtualUrl: virtual.url,
    packumentUrl: (name) => `${npm(name)}${name}`,
    publishUrl: (name) => `${npm(name)}${name}`,
    tarballUrl: ({ name, version }) => `${npm(name)}${name}/-/${name}-${version}.tgz`,
  };
}
