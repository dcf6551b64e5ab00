/** Maven on a person's machine: an empty local repository, and settings that name the registry and who is asking. */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { xml, type Xml } from '../../src/lib/xml-writer.ts';
import type { Client } from './client.ts';
import { type Machine, machine, type MachineRun } from './machine.ts';
import { quickJvm } from './maven-install.ts';
import { pluginRepository, writeFiles } from './maven-plugins.ts';
import type { Files } from './maven-projects.ts';

export type MavenCredentials =
  | { readonly username: string; readonly password: string }
  /** Sent with every request, by its name: `Private-Token`. */
  | { readonly header: string; readonly value: string };

export interface MavenSettings {
  /** Where dependencies and plugins come from; `null` where no registry is asked by itself. */
  readonly repository: string | null;
  /** Whether plugins come from there too, as they do when left out. */
  readonly plugins?: boolean;
  readonly credentials?: MavenCredentials;
  /** Groups whose plugins are called by prefix. */
  readonly pluginGroups?: readonly string[];
}

export interface MavenMachine extends Machine {
  /** The local repository. */
  readonly local: string;
  /** Writes a project below home; its folder. */
  project(name: string, files: Files): Promise<string>;
  /** Writes a project and deploys it: what Maven says. */
  deploy(files: Files, ...args: readonly string[]): Promise<string>;
  /** Bytes of a file in the local repository, by its path there. */
  fetched(file: string): Promise<Buffer>;
  /** Empties the local repository. */
  forget(): Promise<void>;
}

export async function mavenMachine(client: Client, settings: MavenSettings): Promise<MavenMachine> {
  const own = await machine(client);
  const local = path.join(own.home, '.m2/repository');
  await own.write('.m2/settings.xml', settingsXml(settings, await pluginRepository(), local));
  const env = { MAVEN_OPTS: `-Duser.home=${own.home} ${quickJvm}`, MAVEN_SKIP_RC: '1' };
  const usual = ['-B', '-ntp', '-Dstyle.color=never'];
  const told = (options: MachineRun = {}): MachineRun => ({ ...options, env: { ...env, ...options.env } });
  let projects = 0;
  const project = async (name: string, files: Files): Promise<string> => {
    await writeFiles(path.join(own.home, name), files);
    return path.join(own.home, name);
  };
  const ok: Machine['ok'] = (args, options) => own.ok([...usual, ...args], told(options));
  return {
    ...own,
    local,
    ok,
    run: (args, options) => own.run([...usual, ...args], told(options)),
    fails: (args, options) => own.fails([...usual, ...args], told(options)),
    project,
    deploy: async (files, ...args) => {
      projects += 1;
      return ok(['deploy', ...args], { cwd: await project(`project-${projects}`, files) });
    },
    fetched: (file) => readFile(path.join(local, file)),
    forget: () => rm(local, { recursive: true, force: true }),
  };
}

/** Everything that isn't from this machine comes from the plugins' repository, so that no other host is asked. */
export function settingsXml(settings: MavenSettings, plugins: string, local: string): string {
  const { repository, plugins: hasPlugins = true, credentials, pluginGroups = [] } = settings;
  return xml`<settings>
  <localRepository>${local}</localRepository>
  <pluginGroups>${pluginGroups.map((group) => xml`<pluginGroup>${group}</pluginGroup>`)}</pluginGroups>
  <servers>${credentials === undefined ? [] : [server(credentials)]}</servers>
  <mirrors>
    <mirror><id>plugins</id><mirrorOf>external:*</mirrorOf><url>file://${plugins}</url></mirror>
  </mirrors>
  ${repository === null ? [] : [profile(repository, hasPlugins)]}
</settings>
`.text;
}

function profile(repository: string, hasPlugins: boolean): Xml {
  const place = xml`<id>packyard</id><url>${repository}</url>
      <releases><enabled>true</enabled></releases>
      <snapshots><enabled>true</enabled><updatePolicy>always</updatePolicy></snapshots>`;
  return xml`<profiles><profile>
    <id>packyard</id>
    <repositories><repository>${place}</repository></repositories>
    <pluginRepositories>${hasPlugins ? xml`<pluginRepository>${place}</pluginRepository>` : xml``}</pluginRepositories>
  </profile></profiles>
  <activeProfiles><activeProfile>packyard</activeProfile></activeProfiles>`;
}

function server(credentials: MavenCredentials): Xml {
  if ('username' in credentials) {
    return xml`<server><id>packyard</id><username>${credentials.username}</username><password>${credentials.password}</password></server>`;
  }
  return xml`<server><id>packyard</id><configuration><httpHeaders><property>
    <name>${credentials.header}</name><value>${credentials.value}</value>
  </property></httpHeaders></configuration></server>`;
}
