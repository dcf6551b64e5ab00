import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { describeClient } from './client.ts';
import { run } from './run.ts';
import { sbtMachine, suffix } from './sbt-machine.ts';
import { type Scene, scene } from './scene.ts';

vi.setConfig({ testTimeout: 300_000 });

let at: Scene;
let secret: string;

beforeAll(async () => {
  at = await scene();
  secret = `${at.server.url}/api/v4/projects/${at.secret.id}/packages/maven`;
  return at.end;
});

describeClient('sbt', (sbt) => {
  const access = (token: string): string[] => [
    `val packyard = ("packyard" at "${secret}").withAllowInsecureProtocol(true)`,
    `credentials += Credentials("GitLab Packages Registry", "127.0.0.1", "any", "${token}")`,
  ];

  test('publishes a release and a snapshot twice, and resolves them', async () => {
    const dora = await sbtMachine(sbt, () => [
      ...access(at.developer.token),
      'name := "knot"',
      'version := "1.0.0"',
      'publishTo := Some(packyard)',
      'Compile / packageDoc / publishArtifact := false',
    ]);
    await dora.write('src/main/resources/said.txt', 'first');
    const file = 'java.nio.file.Paths.get("src/main/resources/said.txt")';
    const change = `eval java.nio.file.Files.write(${file}, "second".getBytes)`;
    await dora.ok(['publish', 'set version := "1.1.0-SNAPSHOT"', 'publish', change, 'publish']);
    const files = await at.server.api<{ id: number; version: string }[]>('GET', `/projects/${at.secret.id}/packages`);
    expect(files.map(({ version }) => version).toSorted()).toEqual(['1.0.0', '1.1.0-SNAPSHOT']);

    const needs = (version: string): string => `libraryDependencies := Seq("com.acme" %% "knot" % "${version}")`;
    const gus = await sbtMachine(sbt, (fetched) => [
      ...access(at.guest.token),
      `externalResolvers := Seq(packyard, "fetched" at "${fetched}")`,
      'autoScalaLibrary := false',
      needs('1.0.0'),
    ]);
    const classPath = 'export Compile/dependencyClasspath';
    const said = await gus.ok([classPath, `set ${needs('1.1.0-SNAPSHOT')}`, classPath]);
    expect(said).toContain(`knot${suffix}-1.0.0.jar`);
    const [snapshot = ''] = /\/\S*-SNAPSHOT\.jar/.exec(said) ?? [];
    await run('jar', ['--extract', '--file', snapshot, 'said.txt'], { cwd: gus.home, env: { PATH: '/usr/bin:/bin' } });
    expect(await readFile(path.join(gus.home, 'said.txt'), 'utf8')).toBe('second');
  });
});
