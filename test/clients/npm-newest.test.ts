import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { describeClient } from './client.ts';
import { machine } from './machine.ts';
import { lockEntries, type NpmMachine, npmMachine, required } from './npm-machine.ts';
import { type Scene, scene } from './scene.ts';

let at: Scene;

beforeAll(async () => {
  at = await scene();
  return at.end;
});

describeClient('npm@12', (npm) => {
  let mara: NpmMachine;

  beforeAll(async () => {
    mara = await npmMachine(npm, { registry: at.secret.npm, token: at.maintainer.token });
  });

  test('publish, and the second time refused', async () => {
    expect(await mara.publish({ name: '@acme/knot' })).toContain('+ @acme/knot@1.0.0');
    await mara.publish({ name: 'plain', manifest: { dependencies: { '@acme/knot': '1.0.0' } } });
    const folder = await mara.packageFolder({ name: '@acme/knot' });
    expect(await mara.fails(['publish', '--force'], { cwd: folder })).toContain('Package already exists');
  });

  test('install and ci from cold caches; the tarball lies below the registry that was asked', async () => {
    const gus = await npmMachine(npm, { registry: at.secret.npm, token: at.guest.token });
    const folder = await gus.consumer();
    await gus.ok(['install', 'plain'], { cwd: folder });
    const lock = await lockEntries(folder);
    expect(Object.keys(lock).toSorted()).toEqual(['@acme/knot', 'plain']);
    for (const { integrity, resolved } of Object.values(lock)) {
      expect(integrity).toMatch(/^sha512-/);
      expect(resolved.startsWith(at.secret.npm)).toBe(true);
    }
    const cold = await npmMachine(npm, { registry: at.secret.npm, token: at.guest.token });
    await cold.ok(['ci'], { cwd: folder });
    expect(await required(folder, 'plain')).toBe('plain@1.0.0');
  });

  test.each(['group', 'instance'])('install through the %s’s view', async (level) => {
    const registry = level === 'group' ? at.acme.npm : `${at.server.url}/api/v4/packages/npm/`;
    const gus = await npmMachine(npm, { registry, token: at.guest.token, scope: 'acme' });
    const folder = await gus.consumer();
    await gus.ok(['install', '@acme/knot'], { cwd: folder });
    expect(await required(folder, '@acme/knot')).toBe('@acme/knot@1.0.0');
  });

  test('view, dist-tag, deprecate, unpublish', async () => {
    await mara.publish({ name: '@acme/knot', version: '1.1.0' });
    expect(JSON.stringify(await mara.json(['view', '@acme/knot', 'versions']))).toContain('"1.1.0"');
    await mara.ok(['dist-tag', 'add', '@acme/knot@1.0.0', 'stable']);
    expect(await mara.ok(['dist-tag', 'ls', '@acme/knot'])).toBe('latest: 1.1.0\nstable: 1.0.0\n');
    await mara.ok(['deprecate', '@acme/knot@1.0.0', 'old']);
    expect(await mara.ok(['view', '@acme/knot@1.0.0', 'deprecated'])).toContain('old');
    await mara.ok(['unpublish', '@acme/knot@1.1.0']);
    expect(JSON.stringify(await mara.json(['view', '@acme/knot', 'versions']))).not.toContain('"1.1.0"');
  });

  test('whoami, owner, audit, ping', async () => {
    expect(await mara.ok(['whoami'])).toBe('mara\n');
    expect(await mara.ok(['owner', 'ls', '@acme/knot'])).toContain('mara');
    const folder = await mara.consumer({ '@acme/knot': '1.0.0' });
    await mara.ok(['install'], { cwd: folder });
    expect(await mara.ok(['audit'], { cwd: folder })).toContain('found 0 vulnerabilities');
    await mara.ok(['ping']);
  });

  test('npm’s own verifier accepts the registry’s signature, and no other key’s', async () => {
    const modules = path.resolve(path.dirname(npm.before[0] ?? ''), '../node_modules');
    await mara.write('verify.cjs', verifier);
    const node = await machine({ ...npm, before: [] });
    const verify = (keys: string) =>
      node.run([path.join(mara.home, 'verify.cjs'), path.join(modules, 'pacote'), at.secret.npm, at.guest.token, keys]);
    expect(await verify('own')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^SHA256:/) });
    const wrong = await verify('other');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('EINTEGRITYSIGNATURE')]);
  });

  test('a stranger sees nothing, a guest doesn’t publish', async () => {
    const sten = await npmMachine(npm, { registry: at.secret.npm, token: at.stranger.token });
    expect(await sten.fails(['view', '@acme/knot'])).toContain('E404');
    const gus = await npmMachine(npm, { registry: at.secret.npm, token: at.guest.token });
    expect(await gus.fails(['publish'], { cwd: await gus.packageFolder({ name: '@acme/guest' }) })).toContain('E403');
  });
});

/**
 * `npm audit signatures` asks Sigstore's CDN before the registry, so the part of npm that verifies is called directly:
 * prints the id of the key that signed `@acme/knot@1.0.0`.
 */
const verifier = `
const { generateKeyPairSync } = require('node:crypto');
const [pacote, registry, token, which] = process.argv.slice(2);
const spki = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' });
(async () => {
  const { keys } = await (await fetch(registry + '-/npm/v1/keys', { headers: { authorization: 'Bearer ' + token } })).json();
  const used = keys.map((key) => {
    const base64 = which === 'own' ? key.key : spki().toString('base64');
    return { ...key, pemkey: '-----BEGIN PUBLIC KEY-----\\n' + base64 + '\\n-----END PUBLIC KEY-----' };
  });
  const place = registry.replace('http:', '');
  const options = { registry, [place + ':_authToken']: token, verifySignatures: true, [place + ':_keys']: used };
  const manifest = await require(pacote).manifest('@acme/knot@1.0.0', options);
  console.log(manifest._signatures[0].keyid);
})().catch((error) => {
  console.error(error.code, error.message);
  process.exitCode = 1;
});
`;
