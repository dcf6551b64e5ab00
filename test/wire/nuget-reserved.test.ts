/** Ids that a group reserves: who may push them, and the tick mark in searches. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nupkg } from '../nuget/nupkg.ts';
import { type NuGetScene, nugetScene, sceneIn } from '../nuget/scene.ts';

let scene: NuGetScene;
let other: NuGetScene;
let group: number;

beforeAll(async () => {
  scene = await nugetScene();
  other = sceneIn(scene.server, await scene.server.createProject('acme/other', 'public'));
  const groups = await scene.server.api<{ id: number; full_path: string }[]>('GET', '/groups?search=acme');
  group = groups.find(({ full_path }) => full_path === 'acme')?.id ?? 0;
});
afterAll(() => scene.server.stop());

const reserve = (pattern: string, owner?: number): Promise<{ id: number }> =>
  scene.server.api('POST', `/groups/${group}/-/virtual_registries/packages/nuget/reserved_names`, {
    pattern,
    ...(owner === undefined ? {} : { owner_project_id: owner }),
  });
const verified = async (at: NuGetScene, id: string): Promise<readonly [string, unknown][]> => {
  const { data } = await at.json<{ data: { id: string; verified: unknown }[] }>(`/query?q=${id}`);
  return data.map((hit) => [hit.id, hit.verified]);
};

test('only the owner of a prefix pushes ids that begin so, whatever their case', async () => {
  await reserve('Kept.*', scene.project.id);
  for (const id of ['Kept.Tools', 'KEPT.tools', 'kept.x.y']) {
    const refused = await other.push(nupkg({ id, version: '1.0.0' }));
    expect(refused.status).toBe(403);
    expect(refused.reason).toBe(
      `${id} is reserved by Kept.* for another project of the group. A maintainer of the group can change that.`,
    );
    expect((await other.ask(`/download/${id.toLowerCase()}/index.json`)).status).toBe(404);
  }
  expect((await scene.push(nupkg({ id: 'Kept.Tools', version: '1.0.0' }))).status).toBe(201);
  expect((await other.push(nupkg({ id: 'KeptElse', version: '1.0.0' }))).status).toBe(201);
});

test('searches show the mark for ids of the reservation’s owner, and for no others', async () => {
  await other.publish({ id: 'Mark.Early' }, { id: 'Other.Mark' });
  expect(await verified(other, 'mark')).toEqual(expect.arrayContaining([['Mark.Early', false]]));
  const { id } = await reserve('mark.*', scene.project.id);
  await scene.publish({ id: 'Mark.Tools' });
  expect(await verified(scene, 'mark')).toEqual([['Mark.Tools', true]]);
  const theirs = await verified(other, 'mark');
  expect(theirs).toHaveLength(2);
  expect(theirs).toEqual(
    expect.arrayContaining([
      ['Mark.Early', false],
      ['Other.Mark', false],
    ]),
  );
  const path = `/groups/${group}/-/virtual_registries/packages/nuget/reserved_names/${id}`;
  await scene.server.api('PATCH', path, { owner_project_id: null });
  expect(await verified(other, 'mark.early')).toEqual([['Mark.Early', true]]);
  await scene.server.api('DELETE', path);
  expect(await verified(scene, 'mark')).toEqual([['Mark.Tools', false]]);
});
