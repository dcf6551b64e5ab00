import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NuGetScene, nugetScene, sceneIn } from '../nuget/scene.ts';

let scene: NuGetScene;

beforeAll(async () => {
  scene = await nugetScene();
});

afterAll(() => scene.server.stop());

const entryOf = async (id: string, version: string): Promise<Record<string, unknown>> => {
  const leaf = await scene.json<{ catalogEntry: Record<string, unknown> }>(`/metadata-semver2/${id}/${version}.json`);
  return leaf.catalogEntry;
};
const found = async (id: string): Promise<readonly string[]> => {
  const { data } = await scene.json<{ data: { versions: { version: string }[] }[] }>(`/query?q=packageid:${id}`);
  return data[0]?.versions.map(({ version }) => version) ?? [];
};
const remove = (path: string, as?: string | null) => scene.ask(`/${path}`, { method: 'DELETE' }, as);

test('delete takes a version off the lists, and nothing else', async () => {
  await scene.publish({ id: 'Un.Listed', version: '1.0.0' }, { id: 'Un.Listed', version: '1.1.0' });
  expect((await remove('Un.Listed/1.1.0.0')).status).toBe(204);
  expect(await found('Un.Listed')).toEqual(['1.0.0']);
  expect(await entryOf('un.listed', '1.1.0')).toMatchObject({ listed: false, published: '1900-01-01T00:00:00.000Z' });
  expect(await scene.json('/download/un.listed/index.json')).toEqual({ versions: ['1.0.0', '1.1.0'] });
  expect((await scene.ask('/download/un.listed/1.1.0/un.listed.1.1.0.nupkg')).status).toBe(200);
  expect((await remove('UN.LISTED/1.1.0')).status).toBe(204);
  expect((await remove('Un.Listed/1.0.0')).status).toBe(204);
  expect(await found('Un.Listed')).toEqual([]);

  expect((await scene.ask('/un.listed/1.1', { method: 'POST' })).status).toBe(200);
  expect(await found('Un.Listed')).toEqual(['1.1.0']);
  expect(await entryOf('un.listed', '1.1.0')).toMatchObject({ listed: true });
  const events = await scene.server.api<{ event_name: string }[]>('GET', '/audit_events?subject=nuget:Un.Listed');
  expect(events.filter(({ event_name }) => event_name === 'package.standing')).toHaveLength(3);
});

test('what is not there', async () => {
  await scene.publish({ id: 'Is.There' });
  for (const path of ['Is.There/2.0.0', 'Not.There/1.0.0']) {
    expect((await remove(path)).status).toBe(404);
    expect((await scene.ask(`/${path}`, { method: 'POST' })).status).toBe(404);
  }
  expect((await remove('Is.There/x')).status).toBe(400);
  expect((await remove('Is.There/1.0.0', null)).status).toBe(401);
});

test('a version that was unlisted can’t be pushed again', async () => {
  await scene.publish({ id: 'Stays.Taken' });
  await remove('Stays.Taken/1.0.0');
  await expect(scene.publish({ id: 'Stays.Taken' })).rejects.toThrow('409');
});

describe('deprecation', () => {
  const versionId = async (id: string): Promise<number> => {
    const list = await scene.server.api<{ id: number; name: string }[]>(
      'GET',
      `/projects/${scene.project.id}/packages?package_type=nuget&package_name=${id}`,
    );
    return list.find(({ name }) => name === id)?.id ?? 0;
  };
  const deprecate = async (id: string, body: unknown) =>
    scene.server.api('PUT', `/projects/${scene.project.id}/packages/${await versionId(id)}/standing`, body);

  test('said in JSON, and kept when the version is unlisted and listed again', async () => {
    await scene.publish({ id: 'Old.Thing' });
    const deprecation = {
      reasons: ['Legacy'],
      message: 'Use New.Thing.',
      alternatePackage: { id: 'New.Thing', range: '*' },
    };
    await deprecate('Old.Thing', { standing: 'deprecated', reason: JSON.stringify(deprecation) });
    const shown = {
      '@type': 'deprecation',
      reasons: ['Legacy'],
      message: 'Use New.Thing.',
      alternatePackage: { id: 'New.Thing', range: '*' },
    };
    expect(await entryOf('old.thing', '1.0.0')).toMatchObject({ listed: true, deprecation: shown });
    await remove('Old.Thing/1.0.0');
    expect(await entryOf('old.thing', '1.0.0')).toMatchObject({ listed: false, deprecation: shown });
    await scene.ask('/Old.Thing/1.0.0', { method: 'POST' });
    expect(await entryOf('old.thing', '1.0.0')).toMatchObject({ listed: true, deprecation: shown });
  });
});

describe('where the settings say that delete removes', () => {
  let removing: NuGetScene;

  beforeAll(async () => {
    removing = await nugetScene({ settings: { PACKYARD_NUGET_DELETE: 'remove' } });
  });

  afterAll(() => removing.server.stop());

  test('the version is gone, and the package with its last one', async () => {
    await removing.publish({ id: 'Goes.Away', version: '1.0.0' }, { id: 'Goes.Away', version: '2.0.0' });
    expect((await removing.ask('/Goes.Away/1.0.0', { method: 'DELETE' })).status).toBe(204);
    expect(await removing.json('/download/goes.away/index.json')).toEqual({ versions: ['2.0.0'] });
    expect((await removing.ask('/download/goes.away/1.0.0/goes.away.1.0.0.nupkg')).status).toBe(404);
    expect((await removing.ask('/Goes.Away/2.0.0', { method: 'DELETE' })).status).toBe(204);
    expect((await removing.ask('/metadata/goes.away/index.json')).status).toBe(404);
    expect((await removing.ask('/Goes.Away/2.0.0', { method: 'DELETE' })).status).toBe(404);
  });
});

describe('a private project', () => {
  test('asks for a password, and tells nothing without', async () => {
    const project = await scene.server.createProject('acme/hidden', 'private');
    const hidden = sceneIn(scene.server, project);
    await hidden.publish({ id: 'Hidden.One' });
    for (const path of [
      'query',
      'autocomplete?q=x',
      'metadata/hidden.one/index.json',
      'metadata/nobody/index.json',
      'download/hidden.one/index.json',
    ]) {
      const answer = await hidden.ask(`/${path}`, {}, null);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        'Basic realm="GitLab Packages Registry"',
      ]);
      const empty = await hidden.ask(`/${path}`, { headers: { authorization: 'Basic Og==' } }, null);
      expect(empty.status).toBe(401);
    }
    expect((await hidden.ask('/index.json', { headers: { authorization: 'Basic Og==' } }, null)).status).toBe(200);
  });
});
