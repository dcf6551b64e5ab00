/** Small projects to build with Maven: what their folders hold. */
import { xml, type Xml } from '../../src/lib/xml-writer.ts';
import { buildPlugins } from './maven-pinned.ts';

/** File name → content. */
export type Files = Readonly<Record<string, string>>;

export interface ProjectOptions {
  readonly artifactId: string;
  readonly version: string;
  readonly groupId?: string;
  /** `group:artifact:version`. */
  readonly dependencies?: readonly string[];
  /** Repository URL that `deploy` goes to, with the server's id `packyard`. */
  readonly deployTo: string;
}

const defaultGroup = 'com.acme';

/** A jar with one class that calls those of its dependencies in the same group, its sources, and a jar with classifier `javadoc`. */
export function library(options: ProjectOptions): Files {
  const { artifactId, version, dependencies = [] } = options;
  const calls = dependencies
    .map((dependency) => dependency.split(':'))
    .map(([, called = '']) => ` + " " + com.acme.${className(called)}.said()`);
  const said = `"${artifactId} ${version}"${calls.join('')}`;
  const name = className(artifactId);
  return {
    'pom.xml': pom(options, 'jar', xml`${attachSources}${attachJavadoc}`),
    [`src/main/java/com/acme/${name}.java`]: `package com.acme;
public class ${name} {
  public static String said() { return ${said}; }
  public static void main(String[] args) { System.out.println(said()); }
}
`,
  };
}

/** A plugin with the goal `greet`, called by the prefix that its artifact's name gives. */
export function plugin(options: Omit<ProjectOptions, 'dependencies'>): Files {
  const dependencies = [
    'org.apache.maven:maven-plugin-api:3.9.9:provided',
    'org.apache.maven.plugin-tools:maven-plugin-annotations:3.15.2:provided',
  ];
  return {
    'pom.xml': pom({ ...options, dependencies }, 'maven-plugin', xml``),
    'src/main/java/com/acme/Greet.java': `package com.acme;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugins.annotations.Mojo;
@Mojo(name = "greet", requiresProject = false)
public class Greet extends AbstractMojo {
  public void execute() { getLog().info("hello from ${options.artifactId} ${options.version}"); }
}
`,
  };
}

/** A parent with modules that use it and each other: the second depends on the first, and so on. */
export function modules(options: ProjectOptions, names: readonly string[]): Files {
  const { version, deployTo } = options;
  const files: Record<string, string> = {
    'pom.xml': pom(
      options,
      'pom',
      xml``,
      xml`<modules>${names.map((name) => xml`<module>${name}</module>`)}</modules>`,
    ),
  };
  names.forEach((artifactId, index) => {
    const before = names[index - 1];
    const dependencies = before === undefined ? [] : [`${defaultGroup}:${before}:${version}`];
    for (const [file, content] of Object.entries(library({ artifactId, version, dependencies, deployTo }))) {
      const parent = xml`<parent>${coordinates(options)}</parent>`.text;
      files[`${artifactId}/${file}`] = content.replace('</modelVersion>', `</modelVersion>${parent}`);
    }
  });
  return files;
}

function pom(options: ProjectOptions, packaging: string, moreBuild: Xml, more: Xml = xml``): string {
  const { dependencies = [], deployTo } = options;
  return xml`<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  ${coordinates(options)}
  <packaging>${packaging}</packaging>
  <description>A project of the tests</description>
  <properties>
    <maven.compiler.source>8</maven.compiler.source>
    <maven.compiler.target>8</maven.compiler.target>
    <maven.test.skip>true</maven.test.skip>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  ${more}
  <dependencies>${dependencies.map(dependencyElement)}</dependencies>
  <distributionManagement>
    <repository><id>packyard</id><url>${deployTo}</url></repository>
    <snapshotRepository><id>packyard</id><url>${deployTo}</url></snapshotRepository>
  </distributionManagement>
  <build>
    <pluginManagement><plugins>${managedPlugins}</plugins></pluginManagement>
    <plugins>${moreBuild}</plugins>
  </build>
</project>
`.text;
}

function coordinates({ groupId = defaultGroup, artifactId, version }: ProjectOptions): Xml {
  return xml`<groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version>`;
}

function dependencyElement(dependency: string): Xml {
  const [groupId = '', artifactId = '', version = '', scope = 'compile'] = dependency.split(':');
  return xml`<dependency>${coordinates({ groupId, artifactId, version, deployTo: '' })}<scope>${scope}</scope></dependency>`;
}

const managedPlugins = Object.entries(buildPlugins).map(
  ([artifactId, version]) => xml`<plugin><artifactId>${artifactId}</artifactId><version>${version}</version></plugin>`,
);

const attachSources = xml`<plugin><artifactId>maven-source-plugin</artifactId><executions><execution>
  <id>sources</id><goals><goal>jar-no-fork</goal></goals></execution></executions></plugin>`;

/** The javadoc plugin would fetch a hundred jars more, to make the same file name. */
const attachJavadoc = xml`<plugin><artifactId>maven-jar-plugin</artifactId><executions><execution>
  <id>javadoc</id><phase>package</phase><goals><goal>jar</goal></goals>
  <configuration><classifier>javadoc</classifier></configuration></execution></executions></plugin>`;

/** Name of a library's class. */
export function className(artifactId: string): string {
  return artifactId.replace(/(?:^|[^A-Za-z0-9])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
