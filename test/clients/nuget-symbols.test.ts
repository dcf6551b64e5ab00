import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { nupkg, portablePdb } from '../nuget/nupkg.ts';
import { describeClient } from './client.ts';
import { type NuGetMachine, nugetMachine } from './nuget-machine.ts';
import { type NuGetScene, nugetScene } from './nuget-scene.ts';

let at: NuGetScene;

beforeAll(async () => {
  at = await nugetScene();
  return at.end;
});

const guid = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const pdb = portablePdb(guid);
/** The id as a debugger writes it, with the age that portable PDBs have. */
const signature = '33221100554477668899aabbccddeeffFFFFFFFF';
/** As compilers write it into the assembly: of the file with its id of 20 bytes taken for zeros. */
const checksum = createHash('sha256').update(withoutId(pdb)).digest('hex');

function withoutId(file: Buffer): Buffer {
  const at = file.indexOf(guid);
  return Buffer.concat([file.subarray(0, at), Buffer.alloc(20), file.subarray(at + 20)]);
}

describeClient('nuget@5', (nuget) => {
  let box: NuGetMachine;
  let push: (file: string, ...args: string[]) => readonly string[];

  beforeAll(async () => {
    box = await nugetMachine(nuget, { url: `${at.nuget.open}/index.json` });
    push = (file, ...args) => ['push', file, '-Source', 'acme', '-ApiKey', at.developer.token, ...args];
  });

  const symbols = async (id: string, version = '1.0.0'): Promise<string> => {
    const metadata = '<packageTypes><packageType name="SymbolsPackage"/></packageTypes>';
    const files = { [`lib/net45/${id}.pdb`]: pdb };
    await writeFile(path.join(box.home, `${id}.${version}.snupkg`), nupkg({ id, version, metadata, files }));
    return `${id}.${version}.snupkg`;
  };
  const symbolFile = async (id: string): Promise<number> => {
    const url = `${at.nuget.open}/symbolfiles/${id}.pdb/${signature}/${id}.pdb`;
    const answer = await fetch(url, { headers: { symbolchecksum: `SHA256:${checksum}` } });
    if (answer.ok) expect(Buffer.from(await answer.arrayBuffer()).equals(pdb)).toBe(true);
    return answer.status;
  };

  test('symbols beside a package go along with it; a debugger finds them', async () => {
    const file = await box.packageFile({ id: 'Acme.Beside' });
    await symbols('Acme.Beside');
    expect((await box.ok(push(file))).match(/was pushed/g)).toHaveLength(2);
    expect(await symbolFile('Acme.Beside')).toBe(200);
  });

  test('symbols alone, after their package, and again', async () => {
    await box.ok(push(await box.packageFile({ id: 'Acme.After' })));
    const file = await symbols('Acme.After');
    expect(await symbolFile('Acme.After')).toBe(404);
    await box.ok(push(file));
    expect(await symbolFile('Acme.After')).toBe(200);
    await box.ok(push(file));
    expect(await symbolFile('Acme.After')).toBe(200);
  });

  test('a package without its symbols, and symbols without a package', async () => {
    await symbols('Acme.Without');
    await box.ok(push(await box.packageFile({ id: 'Acme.Without' }), '-NoSymbols'));
    expect(await symbolFile('Acme.Without')).toBe(404);
    expect(await box.fails(push(await symbols('Acme.Orphan')))).toContain('404 (');
  });
});
