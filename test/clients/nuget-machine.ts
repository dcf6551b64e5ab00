/** nuget.exe on a person's machine, with one source and, where a token is given, its credentials. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { nupkg, type NupkgParts } from '../nuget/nupkg.ts';
import type { Client } from './client.ts';
import { type Machine, machine, type MachineRun } from './machine.ts';
import type { Ran } from './run.ts';

export interface NuGetSource {
  /** Service index or V2 feed. */
  readonly url: string;
  readonly username?: string;
  readonly token?: string;
}

export interface NuGetMachine extends Machine {
  /** Writes a package below home; its name there. */
  packageFile(parts: NupkgParts): Promise<string>;
  /** `id.version` of what `install` put into a folder below home. */
  installed(folder: string): Promise<readonly string[]>;
  /** The bytes of an installed package. */
  installedBytes(folder: string, idAndVersion: string): Promise<Buffer>;
  /** Drops what the client remembers of servers and packages for half an hour. */
  forget(): Promise<void>;
}

export async function nugetMachine(client: Client, source: NuGetSource): Promise<NuGetMachine> {
  const own = await machine(client);
  await own.write('NuGet.Config', settings(source));
  const scratch = await own.folder('tmp');
  const withEnvironment = (options: MachineRun = {}): MachineRun => ({
    ...options,
    env: { TMPDIR: scratch, ...options.env },
  });
  const quiet = (args: readonly string[]): readonly string[] => [...args, '-NonInteractive'];
  return {
    ...own,
    run: (args, options): Promise<Ran> => own.run(quiet(args), withEnvironment(options)),
    ok: (args, options) => own.ok(quiet(args), withEnvironment(options)),
    fails: (args, options) => own.fails(quiet(args), withEnvironment(options)),
    async packageFile(parts) {
      const name = `${parts.id ?? 'Acme.Tools'}.${parts.version ?? '1.0.0'}.nupkg`;
      await writeFile(path.join(own.home, name), nupkg(parts));
      return name;
    },
    installed: async (folder) => (await readdir(path.join(own.home, folder))).toSorted(),
    installedBytes: (folder, name) => readFile(path.join(own.home, folder, name, `${name}.nupkg`)),
    async forget() {
      for (const cache of ['.local/share/NuGet', '.nuget/packages', 'tmp']) {
        await rm(path.join(own.home, cache), { recursive: true, force: true });
      }
      await mkdir(scratch, { recursive: true });
    },
  };
}

function settings({ url, username, token }: NuGetSource): string {
  const credentials =
    username === undefined || token === undefined
      ? ''
      : `<packageSourceCredentials><acme>
<add key="Username" value="${username}"/><add key="ClearTextPassword" value="${token}"/>
</acme></packageSourceCredentials>`;
  return `<?xml version="1.0" encoding="utf-8"?>
<configuration>
<packageSources><clear/><add key="acme" value="${url}"/></packageSources>
<disabledPackageSources><clear/></disabledPackageSources>
${credentials}
</configuration>
`;
}

/** Dependencies of a nuspec, without a framework. */
export function dependencies(ranges: Readonly<Record<string, string>>): string {
  const list = Object.entries(ranges).map(([id, range]) => `<dependency id="${id}" version="${range}"/>`);
  return `<dependencies>${list.join('')}</dependencies>`;
}
