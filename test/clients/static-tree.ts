/** Somebody else's registry as it is seen most often: a folder of files under nginx, which knows of no registry. */
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'vitest';
import { freePort } from '../bench/machine/free-port.ts';
import { start, untilReady } from '../bench/machine/processes.ts';
import { whyNoNginx } from '../processes/nginx.ts';

export interface StaticTree {
  /** No slash at the end. */
  readonly url: string;
  /** A file by its path; `modified` in milliseconds since the epoch is what nginx tells of it. */
  write(file: string, content: string | Uint8Array, modified?: number): Promise<void>;
  /** Shows another folder at the top of the tree. */
  link(name: string, folder: string): Promise<void>;
  /** Ends nginx: connections are refused from then on. Calling it again changes nothing. */
  stop(): Promise<void>;
}

export async function staticTree(): Promise<StaticTree> {
  const folder = await mkdtemp(path.join(tmpdir(), 'packyard-tree-'));
  for (const name of ['temp', 'tree']) await mkdir(path.join(folder, name));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await writeFile(path.join(folder, 'nginx.conf'), configuration(folder, port));
  const server = start({
    command: ['nginx', '-p', folder, '-c', path.join(folder, 'nginx.conf'), '-e', 'stderr'],
    cwd: folder,
    env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin` },
    errors: path.join(folder, 'errors.txt'),
  });
  await untilReady(server, `${url}/ready`);
  return {
    url,
    write: async (file, content, modified) => {
      const whole = path.join(folder, 'tree', file);
      await mkdir(path.dirname(whole), { recursive: true });
      await writeFile(whole, content);
      if (modified !== undefined) await utimes(whole, modified / 1000, modified / 1000);
    },
    link: (name, linked) => symlink(linked, path.join(folder, 'tree', name)),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A `describe` that needs nginx: skipped where it is missing, a failure with `REQUIRE_CLIENTS=1`. */
export function describeWithNginx(body: () => void): void {
  const missing = whyNoNginx();
  if (missing === null) describe('with nginx', body);
  else if (process.env.REQUIRE_CLIENTS !== '1') test.skip(missing);
  else {
    test('nginx is there', () => {
      throw new Error(`REQUIRE_CLIENTS=1, but ${missing}`);
    });
  }
}

/** Folders answer with their `index.html` or `index.json`, the latter as a page of Python's simple API. */
function configuration(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/temp;`,
  );
  return `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  ${temporary.join('\n  ')}
  types {
    text/html html;
    text/xml xml pom;
    application/vnd.pypi.simple.v1+json json;
    application/java-archive jar;
  }
  default_type application/octet-stream;
  server {
    listen 127.0.0.1:${port};
    root ${folder}/tree;
    index index.html index.json;
    location = /ready { return 200; }
  }
}
`;
}
