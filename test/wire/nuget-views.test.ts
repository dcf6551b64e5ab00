import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mountOf, type NuGetScene, nugetScene, sceneIn } from '../nuget/scene.ts';
import { nupkg } from '../nuget/nupkg.ts';

let open: NuGetScene;
let closed: NuGetScene;
let group: string;

beforeAll(async () => {
  open = await nugetScene();
  closed = sceneIn(open.server, await open.server.createProject('acme/closed', 'private'));
  group = mountOf(open.server, 'groups/acme');
  await open.publish({ id: 'Shared', version: '1.0.0' }, { id: 'Shared', version: '2.0.0' }, { id: 'Open.Only' });
  await closed.publish(
    { id: 'Shared', version: '2.0.0', files: { 'x.txt': 'other' } },
    { id: 'Shared', version: '3.0.0' },
    { id: 'Closed.Only' },
  );
});

afterAll(() => open.server.stop());

interface Registration {
  readonly items: readonly {
    readonly items: readonly { readonly packageContent: string; readonly catalogEntry: { readonly version: string } }[];
  }[];
}

const versions = async (as: string | null): Promise<unknown> => {
  const answer = await open.ask(`${group}/metadata-semver2/shared/index.json`, {}, as);
  if (answer.status !== 200) return answer.status;
  return (JSON.parse(answer.text) as Registration).items.flatMap(({ items }) =>
    items.map(({ catalogEntry }) => catalogEntry.version),
  );
};

describe('a group', () => {
  test('shows the versions of all its projects to those who may read them', async () => {
    expect(await versions(open.server.rootToken)).toEqual(['1.0.0', '2.0.0', '3.0.0']);
    const stranger = await open.server.createUser('view-stranger');
    expect(await versions(stranger.token)).toEqual(['1.0.0', '2.0.0']);
    // Clients ask without credentials first, and would be content with the public part.
    expect(await versions(null)).toBe(401);
    expect((await open.ask(`${group}/metadata-semver2/closed.only/index.json`, {}, stranger.token)).status).toBe(404);
    expect((await open.ask(`${group}/metadata-semver2/closed.only/index.json`, {}, null)).status).toBe(401);
    expect((await open.ask(`${group}/metadata-semver2/open.only/index.json`, {}, null)).status).toBe(200);
  });

  test('restores through itself: every link stays in it, and the older project’s bytes answer', async () => {
    const { rootToken } = open.server;
    const { items } = JSON.parse(
      (await open.ask(`${group}/metadata-semver2/shared/index.json`, {}, rootToken)).text,
    ) as Registration;
    const contents = items.flatMap((page) => page.items.map((leaf) => leaf.packageContent));
    expect(contents.every((url) => url.startsWith(`${group}/download/`))).toBe(true);
    const flat = await open.ask(`${group}/download/shared/index.json`, {}, rootToken);
    expect(JSON.parse(flat.text)).toEqual({ versions: ['1.0.0', '2.0.0', '3.0.0'] });
    const response = await fetch(contents[1] ?? '', { headers: { 'x-nuget-apikey': rootToken } });
    expect(Buffer.from(await response.arrayBuffer()).equals(nupkg({ id: 'Shared', version: '2.0.0' }))).toBe(true);
  });

  test('search and completion: one hit a package, with all its versions', async () => {
    const hits = async (as: string | null) => {
      const { status, text } = await open.ask(`${group}/query?q=`, {}, as);
      if (status !== 200) return status;
      const { data } = JSON.parse(text) as { data: { id: string; version: string }[] };
      return data.map(({ id, version }) => `${id} ${version}`);
    };
    expect(await hits(open.server.rootToken)).toEqual(['Closed.Only 1.0.0', 'Open.Only 1.0.0', 'Shared 3.0.0']);
    const stranger = await open.server.createUser('search-stranger');
    expect(await hits(stranger.token)).toEqual(['Open.Only 1.0.0', 'Shared 2.0.0']);
    expect(await hits(null)).toBe(401);
    const { text } = await open.ask(`${group}/autocomplete?q=o`, {}, stranger.token);
    expect(JSON.parse(text)).toEqual({ totalHits: 1, data: ['Open.Only'] });
  });

  test('nothing is pushed or deleted there', async () => {
    expect((await open.ask(`${group}/Shared/1.0.0`, { method: 'DELETE' })).status).toBe(405);
    expect((await open.ask(`${group}/Shared/1.0.0`, { method: 'POST' })).status).toBe(405);
  });
});

test('an id whose prefix is a group’s name is theirs in the view of everything', async () => {
  const { server } = open;
  await server.createGroup('rivals', 'public');
  const rival = sceneIn(server, await server.createProject('rivals/app', 'public'));
  await rival.publish({ id: 'Acme.Secrets', version: '99.0.0' }, { id: 'Rivals.Own', version: '1.0.0' });
  const everything = `${server.url}/api/v4/packages/nuget`;
  const { rootToken } = server;
  expect((await open.ask(`${everything}/download/acme.secrets/index.json`, {}, rootToken)).status).toBe(404);
  expect((await open.ask(`${everything}/download/rivals.own/index.json`, {}, rootToken)).status).toBe(200);
  expect(JSON.parse((await open.ask(`${everything}/query?q=acme.secrets`, {}, rootToken)).text)).toMatchObject({
    data: [],
  });
  await open.publish({ id: 'Acme.Secrets', version: '1.0.0' });
  const answer = await open.ask(`${everything}/download/acme.secrets/index.json`, {}, rootToken);
  expect(JSON.parse(answer.text)).toEqual({ versions: ['1.0.0'] });
});

test('a project by its path serves links by its path', async () => {
  const byPath = `${open.server.url}/api/v4/projects/acme%2Fapp/packages/nuget`;
  const { text } = await open.ask(`${byPath}/metadata/open.only/index.json`);
  const [leaf] = (JSON.parse(text) as Registration).items[0]?.items ?? [];
  expect(leaf?.packageContent).toBe(`${byPath}/download/open.only/1.0.0/open.only.1.0.0.nupkg`);
});
