import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nupkg, nuspecText, pushForm } from '../nuget/nupkg.ts';
import { mountOf, type NuGetScene, nugetScene } from '../nuget/scene.ts';
import { RawConnection } from './raw-http.ts';

let scene: NuGetScene;

beforeAll(async () => {
  scene = await nugetScene();
});

afterAll(() => scene.server.stop());

const bytesAt = async (path: string): Promise<Buffer> =>
  Buffer.from(await (await fetch(`${scene.base}${path}`)).arrayBuffer());

test('what was pushed comes back: package, nuspec, in any case and spelling of the version', async () => {
  const file = nupkg({ id: 'Acme.Tools', version: '1.00.0.0' });
  const { status, text } = await scene.push(file);
  expect([status, text]).toEqual([201, '{"message":"201 Created"}']);
  expect(await scene.json('/download/acme.tools/index.json', null)).toEqual({ versions: ['1.0.0'] });
  for (const path of [
    'acme.tools/1.0.0/acme.tools.1.0.0',
    'Acme.Tools/1.0/Acme.Tools.1.0',
    'ACME.TOOLS/1.0.0.0/acme.tools.1.0.0.0',
  ]) {
    expect((await bytesAt(`/download/${path}.nupkg`)).equals(file)).toBe(true);
  }
  for (const file of [
    'acme.tools.1.0.1.nupkg',
    'acme.1.0.0.nupkg',
    'acme.tools.nupkg',
    'other.nuspec',
    'acme.tools.1.0.0.dll',
  ]) {
    expect((await scene.ask(`/download/acme.tools/1.0.0/${file}`)).status, file).toBe(404);
  }
  const nuspec = await bytesAt('/download/acme.tools/1.0.0/acme.tools.nuspec');
  expect(nuspec.toString()).toBe(nuspecText({ id: 'Acme.Tools', version: '1.00.0.0' }));
});

describe('the forms that clients send', () => {
  const file = (id: string): Buffer => nupkg({ id, version: '1.0.0' });

  async function sendRaw(id: string, head: readonly string[], body: readonly Buffer[]): Promise<number> {
    const connection = await RawConnection.open(scene.server.url);
    const path = new URL(scene.base).pathname;
    const lines = [`PUT ${path}/ HTTP/1.1`, 'Host: x', `X-NuGet-ApiKey: ${scene.server.rootToken}`, ...head, '', ''];
    await connection.send(Buffer.concat([Buffer.from(lines.join('\r\n')), ...body]));
    const { status } = await connection.answer('PUT');
    connection.abort();
    if (status === 201) {
      const lower = id.toLowerCase();
      expect((await bytesAt(`/download/${lower}/1.0.0/${lower}.1.0.0.nupkg`)).equals(file(id))).toBe(true);
    }
    return status;
  }

  test('nuget 5.8: chunked, quoted boundary, unquoted values', async () => {
    const { headers, body } = pushForm(file('Form.Chunked'));
    const chunks: Buffer[] = [];
    for (let at = 0; at < body.length; at += 57) {
      const piece = body.subarray(at, at + 57);
      chunks.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
    }
    const head = [`Content-Type: ${headers['content-type']}`, 'Transfer-Encoding: chunked'];
    expect(await sendRaw('Form.Chunked', head, [...chunks, Buffer.from('0\r\n\r\n')])).toBe(201);
  });

  test('nuget 2.8: a bare LF before the last boundary and nothing after it', async () => {
    const dashes = '---------------------8dd0c3b2a1f4e10';
    const body = Buffer.concat([
      Buffer.from(`--${dashes}\r\nContent-Disposition: form-data; name="package"; filename="package"\r\n`),
      Buffer.from('Content-Type: application/octet-stream\r\n\r\n'),
      file('Form.Old'),
      Buffer.from(`\n--${dashes}--`),
    ]);
    const head = [`Content-Type: multipart/form-data; boundary=${dashes}`, `Content-Length: ${body.length}`];
    expect(await sendRaw('Form.Old', head, [body])).toBe(201);
  });

  test('curl: the file as it is', async () => {
    const answer = await scene.ask('', { method: 'PUT', body: file('Form.Bare') });
    expect(answer.status).toBe(201);
  });

  test('curl: a form with the file in it', async () => {
    const form = new FormData();
    form.set('package', new Blob([file('Form.Curl')]), 'x.nupkg');
    expect((await scene.ask('/', { method: 'PUT', body: form })).status).toBe(201);
  });

  test('forms that are none', async () => {
    const type = { 'content-type': 'multipart/form-data; boundary=x' };
    const send = (headers: Record<string, string>, body: string) => scene.ask('/', { method: 'PUT', headers, body });
    expect(await send({ 'content-type': 'multipart/form-data' }, 'x')).toMatchObject({
      status: 400,
      reason: 'The multipart form has no boundary.',
    });
    expect(await send(type, '--x\r\n\r\nabc')).toMatchObject({
      status: 400,
      reason: 'The form ends before its first part does.',
    });
    expect(await send(type, 'y'.repeat(40_000))).toMatchObject({
      status: 400,
      reason: 'The form does not begin with its boundary.',
    });
    expect(await send(type, `--x\r\n${'a: b\r\n'.repeat(5_000)}`)).toMatchObject({ status: 400 });
    expect(await send(type, '--x\r\n\r\n\r\n--x--')).toMatchObject({ status: 400 });
  });
});

describe('again', () => {
  test('the same id and version in whatever spelling is 409, and the first stays', async () => {
    const first = nupkg({ id: 'Twice.Pushed', version: '1.0' });
    expect((await scene.push(first)).status).toBe(201);
    for (const [id, version] of [
      ['Twice.Pushed', '1.0'],
      ['twice.PUSHED', '1.0.0'],
      ['Twice.Pushed', '1.0.0.0'],
      ['Twice.Pushed', '1.00.0'],
      ['Twice.Pushed', '1.0.0+build'],
    ] as const) {
      const answer = await scene.push(nupkg({ id, version, files: { 'other.txt': version } }));
      expect(answer).toMatchObject({ status: 409, reason: 'A package with the same name and version already exists' });
    }
    expect((await bytesAt('/download/twice.pushed/1.0.0/twice.pushed.1.0.0.nupkg')).equals(first)).toBe(true);
  });

  test('labels are equal whatever their case', async () => {
    expect((await scene.push(nupkg({ id: 'Twice.Labels', version: '1.0.0-Beta' }))).status).toBe(201);
    expect((await scene.push(nupkg({ id: 'Twice.Labels', version: '1.0.0-beta' }))).status).toBe(409);
  });

  test('of twenty at once, one wins', async () => {
    const files = Array.from({ length: 20 }, (_, n) =>
      nupkg({ id: 'Raced', version: '1.0.0', files: { 'n.txt': `${n}` } }),
    );
    const answers = await Promise.all(files.map((file) => scene.push(file)));
    const winner = answers.findIndex(({ status }) => status === 201);
    expect(answers.map(({ status }) => status).filter((status) => status !== 409)).toEqual([201]);
    expect((await bytesAt('/download/raced/1.0.0/raced.1.0.0.nupkg')).equals(files[winner] as Buffer)).toBe(true);
  });

  test('ids and versions that read alike when put together are different files', async () => {
    await scene.publish({ id: 'A.1', version: '2.0.0' }, { id: 'A', version: '1.2.0' });
    const [one, other] = [
      await bytesAt('/download/a.1/2.0.0/a.1.2.0.0.nupkg'),
      await bytesAt('/download/a/1.2.0/a.1.2.0.nupkg'),
    ];
    expect(one.equals(nupkg({ id: 'A.1', version: '2.0.0' }))).toBe(true);
    expect(other.equals(nupkg({ id: 'A', version: '1.2.0' }))).toBe(true);
  });
});

describe('who may push', () => {
  test.each([
    ['nobody', null, 401],
    ['a wrong key', 'wrong', 401],
  ])('%s', async (_who, as, status) => {
    const answer = await scene.push(nupkg({ id: 'Intruder' }), as);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      status,
      'Basic realm="GitLab Packages Registry"',
    ]);
  });

  test('members from Developer on, deploy tokens that may write, and nobody from another project', async () => {
    const { server, project } = scene;
    const other = await server.createProject('acme/other', 'private');
    const reporter = await server.createUser('reporter');
    const developer = await server.createUser('developer');
    await server.addMember(project, reporter, 'reporter');
    await server.addMember(project, developer, 'developer');
    const deploy = (of: typeof project, ...scopes: string[]) => server.createToken({ kind: 'deploy', of, scopes });
    const writes = await deploy(project, 'read_package_registry', 'write_package_registry');
    const reads = await deploy(project, 'read_package_registry');
    const elsewhere = await deploy(other, 'write_package_registry');
    const status = async (id: string, as: string) => (await scene.push(nupkg({ id }), as)).status;
    expect(await status('By.Reporter', reporter.token)).toBe(403);
    expect(await status('By.Developer', developer.token)).toBe(201);
    expect(await status('By.Deploy', writes.token)).toBe(201);
    expect(await status('By.Reading.Deploy', reads.token)).toBe(403);
    expect(await status('By.Other', elsewhere.token)).toBe(403);
    expect((await scene.ask('/Acme.Tools/1.0.0', { method: 'DELETE' }, developer.token)).status).toBe(403);
  });

  test('a password counts more than the key that came with it', async () => {
    const authorization = `Basic ${Buffer.from(`root:${scene.server.rootToken}`).toString('base64')}`;
    const { headers, body } = pushForm(nupkg({ id: 'By.Both' }));
    const send = (auth: string) =>
      scene.ask('/', { method: 'PUT', headers: { ...headers, authorization: auth }, body }, 'any');
    expect((await send(`Basic ${Buffer.from('root:wrong').toString('base64')}`)).status).toBe(401);
    expect((await send('Basic Og==')).status).toBe(401);
    expect((await send(authorization)).status).toBe(201);
  });

  test('groups and the instance are views', async () => {
    const { server } = scene;
    for (const base of [mountOf(server, 'groups/acme'), `${server.url}/api/v4/packages/nuget`]) {
      const answer = await scene.ask(`${base}/`, { method: 'PUT', ...pushForm(nupkg()) });
      expect(answer).toMatchObject({
        status: 405,
        reason: 'Push to the URL of a project: groups and the instance are views.',
      });
    }
  });
});

test('what a nuspec names and the package holds: README, icon, licence; the rest is warned of', async () => {
  const png = Buffer.from('89504e470d0a1a0a0000', 'hex');
  const metadata =
    '<readme>docs\\README.md</readme><icon>img/icon.png</icon><license type="file">LICENSE.txt</license>';
  await scene.publish({
    id: 'With.Files',
    metadata,
    files: { 'docs/README.md': '# <b>Hi</b>', 'img/icon.png': png, 'LICENSE.txt': 'MIT' },
  });
  const got = async (file: string) => {
    const { status, headers, text } = await scene.ask(`/download/with.files/1.0.0/${file}`, {}, null);
    expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    return [status, headers.get('content-type'), file === 'icon' ? '' : text];
  };
  expect(await got('readme')).toEqual([200, 'text/plain; charset=utf-8', '# <b>Hi</b>']);
  expect(await got('license')).toEqual([200, 'text/plain; charset=utf-8', 'MIT']);
  expect(await got('icon')).toEqual([200, 'image/png', '']);

  const svg = await scene.push(
    nupkg({
      id: 'With.Svg',
      metadata: '<icon>icon.png</icon><readme>no.md</readme>',
      files: { 'icon.png': '<svg onload="x"/>' },
    }),
  );
  expect(svg.status).toBe(201);
  expect(svg.headers.get('x-nuget-warning')).toBe(
    "The readme no.md is not in the package. The icon icon.png is neither PNG nor JPEG, and isn't shown.",
  );
  expect((await scene.ask('/download/with.svg/1.0.0/icon')).status).toBe(404);
});

test('a signature of the author stays as it is', async () => {
  const file = nupkg({ id: 'Signed', members: [{ name: '.signature.p7s', body: 'signature', stored: true }] });
  expect((await scene.push(file)).status).toBe(201);
  const digest = (bytes: Buffer) => createHash('sha512').update(bytes).digest('hex');
  expect(digest(await bytesAt('/download/signed/1.0.0/signed.1.0.0.nupkg'))).toBe(digest(file));
});

test('only packages count as downloads', async () => {
  await scene.publish({ id: 'Counted.Once' });
  for (const file of ['counted.once.1.0.0.nupkg', 'counted.once.nuspec', 'counted.once.1.0.0.nupkg']) {
    await scene.ask(`/download/counted.once/1.0.0/${file}`);
  }
  await expect
    .poll(
      async () =>
        (await scene.json<{ data: { totalDownloads: number }[] }>('/query?q=packageid:Counted.Once')).data[0]
          ?.totalDownloads,
      { timeout: 10_000 },
    )
    .toBe(2);
});
