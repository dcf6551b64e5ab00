import { beforeAll, expect, test } from 'vitest';
import { type Distribution, sdist, wheel } from '../harness/python-packages.ts';
import { describeClient } from './client.ts';
import { basic, digestsOf, type Login, type PypiScene, pypiScene } from './pypi-scene.ts';
import { workshop } from './python-machine.ts';

let at: PypiScene;
let dora: Login;

beforeAll(async () => {
  at = await pypiScene();
  dora = [at.developer.username, at.developer.token];
  return at.end;
});

/** What twine broke into lines of 80 characters. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

const upload = (url: string, [user, password]: Login, ...more: string[]): string[] => [
  ...'upload --non-interactive --disable-progress-bar --repository-url'.split(' '),
  url,
  '--username',
  user,
  '--password',
  password,
  ...more,
  'dist/*',
];

describeClient('twine@4', (twine) => {
  test('a wheel and a source distribution; the same again; other bytes under the name', async () => {
    const lace = { name: 'acme-lace4', version: '1.0', summary: 'Ties “shoes”' };
    const files = [wheel(lace), await sdist(lace)];
    const box = await workshop(twine, ...files);
    expect(await box.ok(upload(at.upload(at.open), dora))).toContain('Uploading acme_lace4-1.0-py3-none-any.whl');
    expect((await at.page('acme-lace4')).digests).toEqual(digestsOf(...files));
    await box.ok(upload(at.upload(at.open), dora));
    const changed = await workshop(twine, wheel({ ...lace, summary: 'Something else' }));
    const refused = await changed.fails(upload(at.upload(at.open), dora));
    expect(oneLine(refused)).toMatch(/HTTPError: 400 Bad Request from \S+ File already exists/);
    const skipped = await changed.ok(upload(at.upload(at.open), dora, '--skip-existing'));
    expect(oneLine(skipped)).toContain('Skipping acme_lace4-1.0-py3-none-any.whl because it appears to already exist');
    expect((await at.page('acme-lace4')).digests).toEqual(digestsOf(...files));
  });

  test('a signature beside the file, and a comment', async () => {
    const file = wheel({ name: 'acme-signed', version: '1.0' });
    const box = await workshop(twine, file);
    const signature = '-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n';
    await box.write(`dist/${file.fileName}.asc`, signature);
    await box.ok(upload(at.upload(at.open), dora, '--comment', 'first of all'));
    const [listed] = (await at.page('acme-signed')).files;
    expect(listed?.['gpg-sig']).toBe(true);
    expect(await (await fetch(`${listed?.url}.asc`)).text()).toBe(signature);
  });

  test('who may not: each is told by the reason phrase, and nothing is stored', async () => {
    const box = await workshop(twine, wheel({ name: 'acme-forbidden', version: '1.0' }));
    const other = await at.server.createToken({
      kind: 'access',
      of: at.other,
      level: 'developer',
      scopes: ['api'],
    });
    const refusals: [Login, number][] = [
      [['dora', 'pkyp_wrong'], 401],
      [[at.guest.username, at.guest.token], 403],
      [[at.stranger.username, at.stranger.token], 404],
      [['any', other.token], 404],
    ];
    for (const [login, status] of refusals) {
      expect(await box.fails(upload(at.upload(at.secret), login))).toContain(`HTTPError: ${status} `);
    }
    const url = `${at.simple(at.secret)}acme-forbidden/`;
    const answer = await fetch(url, { headers: { authorization: basic(dora) } });
    expect(answer.status).toBe(404);
    expect(await box.fails(upload(`${at.server.url}/api/v4/groups/${at.acme.id}/-/packages/pypi`, dora))).toMatch(
      /HTTPError: 40[45] /,
    );
  });

  test('what is no valid file is refused in words', async () => {
    const file = wheel({ name: 'acme-broken', version: '1.0' });
    // Still an archive for twine, which opens it before it sends it.
    const broken = Buffer.concat([Buffer.from('#!/bin/sh\n'), file.bytes]);
    const box = await workshop(twine, { ...file, bytes: broken });
    const refused = await box.fails(upload(at.upload(at.open), dora));
    expect(oneLine(refused)).toMatch(/HTTPError: 400 .* The archive has bytes before its start\./);
    expect((await fetch(`${at.simple(at.open)}acme-broken/`)).status).toBe(404);
  });
});

describeClient('twine@7', (twine) => {
  test('a wheel and a source distribution; the same again; other bytes under the name', async () => {
    const lace = { name: 'Acme.Lace7', version: '1.0.post1', requiresPython: '>=3.8', summary: 'Ties shoes' };
    const files = [wheel(lace), await sdist(lace)];
    const box = await workshop(twine, ...files);
    await box.ok(upload(`${at.upload(at.open)}/`, dora));
    expect((await at.page('acme-lace7')).digests).toEqual(digestsOf(...files));
    await box.ok(upload(at.upload(at.open), dora));
    const changed = await workshop(twine, wheel({ ...lace, summary: 'Something else' }));
    const refused = await changed.fails(upload(at.upload(at.open), dora));
    expect(oneLine(refused)).toMatch(/HTTPError: 400 Bad Request from \S+ File already exists/);
  });

  test('as a deploy token, as a project’s token, and as __token__', async () => {
    const deploy = await at.server.createToken({
      kind: 'deploy',
      of: at.secret,
      scopes: ['read_package_registry', 'write_package_registry'],
    });
    const reading = await at.server.createToken({ kind: 'deploy', of: at.secret, scopes: ['read_package_registry'] });
    const access = await at.server.createToken({ kind: 'access', of: at.secret, level: 'developer', scopes: ['api'] });
    const logins: Login[] = [
      [deploy.username ?? '', deploy.token],
      ['__token__', access.token],
      ['__token__', at.maintainer.token],
    ];
    for (const [number, login] of logins.entries()) {
      const box = await workshop(twine, wheel({ name: 'acme-tokens', version: `1.${number}` }));
      await box.ok(upload(at.upload(at.secret), login));
    }
    expect((await at.page('acme-tokens', at.secret, dora)).versions).toEqual(['1.0', '1.1', '1.2']);
    const box = await workshop(twine, wheel({ name: 'acme-tokens', version: '2.0' }));
    expect(await box.fails(upload(at.upload(at.secret), [reading.username ?? '', reading.token]))).toContain('403');
  });

  test('a removed file comes back with its own bytes only', async () => {
    const file = wheel({ name: 'acme-back', version: '1.0' });
    await at.put(at.open, file, wheel({ name: 'acme-back', version: '1.1' }));
    await at.remove(at.open, 'acme-back', '1.0');
    const changed = await workshop(twine, wheel({ name: 'acme-back', version: '1.0', summary: 'Other bytes' }));
    const refused = await changed.fails(upload(at.upload(at.open), dora));
    expect(oneLine(refused)).toMatch(/HTTPError: 400 .* File already exists/);
    const box = await workshop(twine, file);
    await box.ok(upload(at.upload(at.open), dora));
    expect((await at.page('acme-back')).digests).toMatchObject(digestsOf(file));
  });

  test('an archived project takes no files, until it is archived no more', async () => {
    await at.put(at.open, wheel({ name: 'acme-archived', version: '1.0' }));
    await at.setStatus(at.open, 'acme-archived', 'archived');
    const box = await workshop(twine, wheel({ name: 'acme-archived', version: '1.1' }));
    expect(oneLine(await box.fails(upload(at.upload(at.open), dora)))).toMatch(/HTTPError: 403 .* archived/i);
    expect((await at.page('acme-archived')).versions).toEqual(['1.0']);
    await at.setStatus(at.open, 'acme-archived', null);
    await box.ok(upload(at.upload(at.open), dora));
  });

  test('attestations go along, and are served as they came', async () => {
    const file = wheel({ name: 'acme-attested', version: '1.0' });
    const box = await workshop(twine, file);
    const made = attestation(file, file.sha256);
    await box.write(`dist/${file.fileName}.publish.attestation`, JSON.stringify(made));
    await box.ok(upload(at.upload(at.open), dora, '--attestations'));
    const [listed] = (await at.page('acme-attested')).files;
    const provenance = await fetch(listed?.provenance ?? '');
    expect(await provenance.json()).toMatchObject({ version: 1, attestation_bundles: [{ attestations: [made] }] });
  });

  test('attestations of other bytes are refused', async () => {
    const file = wheel({ name: 'acme-attested', version: '1.1' });
    const box = await workshop(twine, file);
    const made = attestation(file, '0'.repeat(64));
    await box.write(`dist/${file.fileName}.publish.attestation`, JSON.stringify(made));
    const refused = await box.fails(upload(at.upload(at.open), dora, '--attestations'));
    expect(oneLine(refused)).toMatch(/HTTPError: 400 .* attestations are about other bytes/);
    expect((await at.page('acme-attested')).versions).toEqual(['1.0']);
  });
});

/** In the form of PEP 740; signed by nobody, as the test has no network to be signed by. */
function attestation({ fileName }: Distribution, sha256: string): object {
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: fileName, digest: { sha256 } }],
    predicateType: 'https://docs.pypi.org/attestations/publish/v1',
    predicate: null,
  };
  return {
    version: 1,
    verification_material: { certificate: 'AAAA', transparency_entries: [{ logIndex: '1' }] },
    envelope: { statement: Buffer.from(JSON.stringify(statement)).toString('base64'), signature: 'AAAA' },
  };
}
