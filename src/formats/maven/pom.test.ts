import { expect, test } from 'vitest';
import type { FilePath } from './path.ts';
import { readPath } from './path.ts';
import { readPom } from './pom.ts';

function path(): FilePath {
  const target = readPath('com/example/lib/1.0/lib-1.0.pom')?.target;
  if (target?.kind !== 'file') throw new Error('no file');
  return target;
}

const read = (inner: string) => readPom(Buffer.from(`<project>${inner}</project>`), path());
const own = '<groupId>com.example</groupId><artifactId>lib</artifactId><version>1.0</version>';

test('what is told of a version', () => {
  const pom = read(`${own}<packaging>war</packaging><name>Lib</name><description> Two
    lines </description><licenses><license><name>MIT</name></license></licenses><dependencies>
    <dependency><groupId>g</groupId><artifactId>a</artifactId><version>1</version></dependency>
    <dependency><groupId>g</groupId><artifactId>t</artifactId><scope>test</scope><optional>true</optional></dependency>
    <dependency><artifactId>half</artifactId></dependency></dependencies>
    <dependencyManagement><dependencies><dependency><groupId>m</groupId><artifactId>m</artifactId></dependency></dependencies></dependencyManagement>`);
  expect(pom).toEqual({
    packaging: 'war',
    name: 'Lib',
    description: 'Two lines',
    url: null,
    licenses: ['MIT'],
    dependencies: [
      { groupId: 'g', artifactId: 'a', version: '1', scope: 'compile', optional: false },
      { groupId: 'g', artifactId: 't', version: null, scope: 'test', optional: true },
    ],
  });
  expect(read(own).packaging).toBe('jar');
});

test('coordinates that a parent or a property gives', () => {
  const parent = '<parent><groupId>com.example</groupId><artifactId>up</artifactId><version>1.0</version></parent>';
  expect(() => read(`${parent}<artifactId>lib</artifactId>`)).not.toThrow();
  expect(() => read(`${parent}<artifactId>\${x}</artifactId><version>\${revision}</version>`)).not.toThrow();
  expect(() => read(`${parent.replace('1.0', '2.0')}<artifactId>lib</artifactId>`)).toThrow(
    'The POM says version "2.0"',
  );
});

test('a POM in another encoding', () => {
  const text = `<?xml version="1.0" encoding="ISO-8859-1"?><project>${own}<description>é</description></project>`;
  expect(readPom(Buffer.from(text, 'latin1'), path()).description).toBe('é');
});

test('a long text is cut, never in the middle of a character: databases take no half of one', () => {
  const pom = read(`${own}<description>a${'😀'.repeat(2_001)}</description>`);
  expect(pom.description).toBe(`a${'😀'.repeat(1_999)}`);
});
