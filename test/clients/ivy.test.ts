import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { type Client, describeClient } from './client.ts';
import { type Machine, machine } from './machine.ts';
import { type Scene, scene } from './scene.ts';

vi.setConfig({ testTimeout: 120_000 });

let at: Scene;
let secret: string;

beforeAll(async () => {
  at = await scene();
  secret = `${at.server.url}/api/v4/projects/${at.secret.id}/packages/maven`;
  return at.end;
});

/** A machine that knows the registry twice: as Ivy publishes to it, and as a Maven repository. */
async function ivyMachine(client: Client, token: string | null): Promise<Machine> {
  const own = await machine(client);
  const credentials =
    token === null
      ? ''
      : `<credentials host="127.0.0.1" realm="GitLab Packages Registry" username="dora" passwd="${token}"/>`;
  const folder = `${secret}/[organisation]/[module]/[revision]`;
  await own.write(
    'settings.xml',
    `<ivysettings>
  ${credentials}
  <settings defaultResolver="maven"/>
  <resolvers>
    <ibiblio name="maven" m2compatible="true" root="${secret}"/>
    <url name="packyard" m2compatible="true">
      <ivy pattern="${folder}/ivy-[revision].xml"/>
      <artifact pattern="${folder}/[artifact]-[revision](-[classifier]).[ext]"/>
    </url>
  </resolvers>
</ivysettings>`,
  );
  const env = { JAVA_TOOL_OPTIONS: `-Duser.home=${own.home} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC` };
  const usual = ['-settings', 'settings.xml', '-cache', path.join(own.home, 'cache')];
  return {
    ...own,
    ok: (args, options) => own.ok([...usual, ...args], { env, ...options }),
    fails: (args, options) => own.fails([...usual, ...args], { env, ...options }),
  };
}

describeClient('ivy', (ivy) => {
  const publishing = (revision: string): string[] => [
    '-ivy',
    'ivy.xml',
    '-publish',
    'packyard',
    '-revision',
    revision,
    '-publishpattern',
    'dist/[artifact].[ext]',
    '-deliverto',
    'dist/ivy-[revision].xml',
  ];

  async function workshop(token: string | null, content: string): Promise<Machine> {
    const own = await ivyMachine(ivy, token);
    await own.write(
      'ivy.xml',
      `<ivy-module version="2.0"><info organisation="com.acme" module="rivet"/>
  <publications><artifact name="rivet" type="jar" ext="jar"/><artifact name="rivet" type="pom" ext="pom"/></publications>
</ivy-module>`,
    );
    await own.write('dist/rivet.jar', content);
    return own;
  }

  const pomOf = (version: string): string =>
    `<project><modelVersion>4.0.0</modelVersion><groupId>com.acme</groupId><artifactId>rivet</artifactId><version>${version}</version></project>`;

  test('publishes, and resolves the newest without having sent any metadata', async () => {
    for (const version of ['1.9.0', '1.10.0']) {
      const dora = await workshop(at.developer.token, `rivet ${version}`);
      await dora.write('dist/rivet.pom', pomOf(version));
      const said = await dora.ok([...publishing(version), '-overwrite'], { cwd: dora.home });
      expect(said).toContain(`published rivet to ${secret}/com/acme/rivet/${version}/rivet-${version}.jar`);
    }
    const gus = await ivyMachine(ivy, at.guest.token);
    const dependency = ['-dependency', 'com.acme', 'rivet', 'latest.release', '-confs', 'default'];
    await gus.ok([...dependency, '-retrieve', 'lib/[artifact]-[revision].[ext]'], { cwd: gus.home });
    expect(await readFile(path.join(gus.home, 'lib/rivet-1.10.0.jar'), 'utf8')).toBe('rivet 1.10.0');
  });

  test('other bytes for a release are refused, and nothing at all is published without -overwrite', async () => {
    const dora = await workshop(at.developer.token, 'rivet');
    await dora.write('dist/rivet.pom', pomOf('2.0.0'));
    // It takes the checksum that the registry has of the file just sent for an older one.
    expect(await dora.fails(publishing('2.0.0'), { cwd: dora.home })).toContain('overwrite == false');
    await dora.ok([...publishing('2.0.0'), '-overwrite'], { cwd: dora.home });
    await dora.write('dist/rivet.jar', 'another rivet');
    expect(await dora.fails([...publishing('2.0.0'), '-overwrite'], { cwd: dora.home })).toContain(
      'rivet-2.0.0.jar has been published before, with other bytes.',
    );
  });

  test('who sends no credentials publishes nothing', async () => {
    const nobody = await workshop(null, 'rivet');
    await nobody.write('dist/rivet.pom', pomOf('3.0.0'));
    expect(await nobody.fails([...publishing('3.0.0'), '-overwrite'], { cwd: nobody.home })).toContain(
      'was refused by the server: Unauthorized',
    );
  });
});
