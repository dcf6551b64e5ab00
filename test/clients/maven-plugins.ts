/**
 * A repository of everything that builds need and that isn't under test: plugins and what they need in turn. Filled once
 * per machine, by real builds; tests have empty local repositories and read it as their Maven Central.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cached, installMaven, machineMaven } from './maven-install.ts';
import { buildPlugins, goals, mavenPinned } from './maven-pinned.ts';
import { type Files, library, modules, plugin } from './maven-projects.ts';

/** Folder of the repository. */
export async function pluginRepository(): Promise<string> {
  const key = createHash('sha256')
    .update(JSON.stringify([buildPlugins, goals, mavenPinned]))
    .digest('hex')
    .slice(0, 12);
  return cached(`maven-plugins-${key}`, 'repository', async (folder) => {
    const scratch = await mkdtemp(path.join(tmpdir(), 'packyard-maven-plugins-'));
    try {
      const newer = await Promise.all([installMaven(mavenPinned['mvn@3.9']), installMaven(mavenPinned['mvn@4'])]);
      for (const mvn of ['mvn', ...newer]) await build(mvn, path.join(folder, 'repository'), scratch);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
}

async function build(mvn: string, repository: string, scratch: string): Promise<void> {
  const local = `-Dmaven.repo.local=${repository}`;
  const deployTo = `file://${scratch}/deployed`;
  const built = { artifactId: 'warm', version: '1.0', groupId: 'warm', deployTo };
  const projects = { library: library(built), plugin: plugin({ ...built, artifactId: 'warm-maven-plugin' }) };
  for (const [name, files] of Object.entries({ ...projects, modules: modules(built, ['warmer']) })) {
    const folder = path.join(scratch, name);
    await writeFiles(folder, files);
    await machineMaven([local, 'deploy'], folder, mvn);
  }
  const file = path.join(scratch, 'library/pom.xml');
  await machineMaven(
    [local, goals.get, `-DremoteRepositories=warm::default::${deployTo}`, '-Dartifact=warm:warm:1.0'],
    scratch,
    mvn,
  );
  await machineMaven(
    [local, goals.deployFile, `-Dfile=${file}`, '-DpomFile=library/pom.xml', `-Durl=${deployTo}`],
    scratch,
    mvn,
  );
  await rm(path.join(repository, 'warm'), { recursive: true, force: true });
}

export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
}
