/** The build tools of the JVM that the tests drive, fetched by the machine's own Maven, and the plugins that builds use. Raise them here. */

export interface PinnedMaven {
  /** What `mvn dependency:copy` fetches: group, artifact, version, type, classifier. */
  readonly artifact: string;
  readonly version: string;
  /** An archive to unpack, with its program inside; a jar is run by Java. */
  readonly program?: string;
}

export const mavenPinned = {
  'mvn@3.9': {
    artifact: 'org.apache.maven:apache-maven:3.9.16:tar.gz:bin',
    version: '3.9.16',
    program: 'apache-maven-3.9.16/bin/mvn',
  },
  'mvn@4': {
    artifact: 'org.apache.maven:apache-maven:4.0.0-rc-5:tar.gz:bin',
    version: '4.0.0-rc-5',
    program: 'apache-maven-4.0.0-rc-5/bin/mvn',
  },
  ivy: { artifact: 'org.apache.ivy:ivy:2.5.3', version: '2.5.3' },
  sbt: { artifact: 'org.scala-sbt:sbt-launch:1.11.7', version: '1.11.7' },
} as const satisfies Record<string, PinnedMaven>;

export type MavenId = keyof typeof mavenPinned;

/** Versions of `org.apache.maven.plugins`: what a Maven would take by itself differs from one to the next. */
export const buildPlugins = {
  'maven-resources-plugin': '3.3.1',
  'maven-compiler-plugin': '3.14.1',
  'maven-surefire-plugin': '3.5.4',
  'maven-jar-plugin': '3.4.2',
  'maven-source-plugin': '3.3.1',
  'maven-install-plugin': '3.1.4',
  'maven-deploy-plugin': '3.1.4',
  'maven-plugin-plugin': '3.15.2',
} as const;

/** Goals that are called by their full name. */
export const goals = {
  get: 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:get',
  copy: 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy',
  deployFile: `org.apache.maven.plugins:maven-deploy-plugin:${buildPlugins['maven-deploy-plugin']}:deploy-file`,
} as const;
