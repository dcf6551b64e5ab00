import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer } from '../harness/types.ts';
import { nupkg, pushForm } from '../nuget/nupkg.ts';

let server: TestServer;
let project: TestProject;
let base: string;

beforeAll(async () => {
  server = await startServer();
  await server.createGroup('acme', 'public');
  project = await server.createProject('acme/app', 'public');
  base = `${server.url}/api/v4/projects/${project.id}/packages/nuget`;
});

afterAll(() => server.stop());

test('push and restore', async () => {
  const file = nupkg();
  const { headers, body } = pushForm(file);
  const pushed = await fetch(`${base}/`, {
    method: 'PUT',
    headers: { ...headers, 'x-nuget-apikey': server.rootToken },
    body,
  });
  expect([pushed.status, await pushed.text()]).toEqual([201, '{"message":"201 Created"}']);
  const index = await (await fetch(`${base}/index.json`)).json();
  expect(await (await fetch(`${base}/download/acme.tools/index.json`)).json()).toEqual({ versions: ['1.0.0'] });
  const got = Buffer.from(
    await (await fetch(`${base}/download/acme.tools/1.0.0/acme.tools.1.0.0.nupkg`)).arrayBuffer(),
  );
  expect(got.equals(file)).toBe(true);
});
