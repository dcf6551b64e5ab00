/** nginx, serving the bytes that Packyard answers as files: the least a server can do. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../machine/free-port.ts';
import type { Pinning } from '../machine/pinning.ts';
import { start, untilReady } from '../machine/processes.ts';
import type { Form, Peer } from './peer.ts';

export interface Nginx extends Peer {
  readonly id: 'nginx';
  /** Puts an answer's bytes where `packumentUrl` finds them, as they are and compressed. */
  addPackument(name: string, form: Form, bytes: { readonly identity: Buffer; readonly gzip: Buffer }): Promise<void>;
  addTarball(name: string, version: string, bytes: Buffer): Promise<void>;
  /** Another registry, whose packages are the folders of `upstreamFolder`. */
  readonly upstreamUrl: string;
  readonly upstreamFolder: string;
  /** Takes a PUT and gives it back. */
  uploadUrl(file: string): string;
}

export async function startNginx(folder: string, pinning: Pinning): Promise<Nginx> {
  for (const part of ['full', 'abbreviated', 'tarballs', 'uploads', 'upstream', 'temp']) {
    await mkdir(path.join(folder, part), { recursive: true });
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = path.join(folder, 'nginx.conf');
  await writeFile(file, configuration(folder, port));
  const server = start({
    command: pinning.server(['nginx', '-p', folder, '-c', file, '-e', 'stderr']),
    cwd: folder,
    env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin` },
    errors: path.join(folder, 'errors.txt'),
  });
  await untilReady(server, `${url}/ready`);
  return {
    id: 'nginx',
    process: server,
    authorization: null,
    upstreamUrl: `${url}/upstream`,
    upstreamFolder: path.join(folder, 'upstream'),
    packumentUrl: (name, form) => `${url}/${form}/${name}`,
    tarballUrl: ({ name, version }) => `${url}/tarballs/${name}-${version}.tgz`,
    uploadUrl: (name) => `${url}/uploads/${name}`,
    addPackument: async (name, form, { identity, gzip }) => {
      await writeFile(path.join(folder, form, name), identity);
      await writeFile(path.join(folder, form, `${name}.gz`), gzip);
    },
    addTarball: (name, version, bytes) => writeFile(path.join(folder, 'tarballs', `${name}-${version}.tgz`), bytes),
  };
}

/** One process, so that it can be paused and counted as one. */
function configuration(folder: string, port: number): string {
  return `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=1000;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  client_body_temp_path ${folder}/temp;
  proxy_temp_path ${folder}/temp;
  fastcgi_temp_path ${folder}/temp;
  uwsgi_temp_path ${folder}/temp;
  scgi_temp_path ${folder}/temp;
  server {
    listen 127.0.0.1:${port};
    root ${folder};
    location = /ready { return 200; }
    location /full/ { gzip_static on; gzip_vary on; default_type application/json; }
    location /abbreviated/ { gzip_static on; gzip_vary on; default_type application/vnd.npm.install-v1+json; }
    location /tarballs/ { default_type application/octet-stream; }
    location /upstream/ { default_type application/json; try_files $uri/packument.json $uri =404; }
    location /uploads/ { dav_methods PUT; default_type application/octet-stream; }
  }
}
`;
}
