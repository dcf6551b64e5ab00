/** Starts nuget.exe for a recording: with two sources, `acme` (V3) and `acme2` (V2), and nothing of the machine's settings. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { client } from '../clients/client.ts';

export type NuGetId = 'nuget@5' | 'nuget@2';

export function isNuGet(program: string): program is NuGetId {
  return program === 'nuget@5' || program === 'nuget@2';
}

/** `base` is the mount's URL. It prints blank lines for ever where there is no terminal of some width, so it gets one. */
export async function startNuGet(
  id: NuGetId,
  args: readonly string[],
  folder: string,
  source: { readonly base: string; readonly token: string },
): Promise<ChildProcess> {
  const { program, before } = await client(id);
  await writeFile(join(folder, 'NuGet.Config'), settings(source));
  await mkdir(join(folder, 'tmp'), { recursive: true });
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, TMPDIR: join(folder, 'tmp') };
  const command = [program, ...before, ...args, '-NonInteractive'].join(' ');
  return spawn('script', ['-qec', `stty cols 150; ${command}`, '/dev/null'], { cwd: folder, stdio: 'ignore', env });
}

function settings({ base, token }: { readonly base: string; readonly token: string }): string {
  const secret = `<add key="Username" value="root"/><add key="ClearTextPassword" value="${token}"/>`;
  return `<?xml version="1.0" encoding="utf-8"?>
<configuration>
<packageSources><clear/><add key="acme" value="${base}/index.json"/><add key="acme2" value="${base}/v2"/></packageSources>
<packageSourceCredentials><acme>${secret}</acme><acme2>${secret}</acme2></packageSourceCredentials>
</configuration>
`;
}

/** `GET <url> 'Accept: x' …`: a request as a client that can't be had here would send it. */
export function askAs([method = '', url = '', ...headers]: readonly string[]): Promise<void> {
  const fields = headers.map((header) => [header.slice(0, header.indexOf(':')), header.replace(/^[^:]*:\s*/, '')]);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method, agent: false, headers: { 'accept-encoding': 'gzip', ...Object.fromEntries(fields) } },
      (answer) => {
        answer.resume().once('end', resolve);
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}
