import { describe, expect, test } from 'vitest';
import { readNuspec } from './nuspec.ts';

const nuspec = (metadata: string, attributes = '', namespace = '') =>
  readNuspec(
    Buffer.from(
      `\ufeff<?xml version="1.0"?><package${namespace}><metadata${attributes}><id> Acme.Lib </id><version>1.0</version>${metadata}</metadata></package>`,
    ),
  );

test.each([
  '',
  ' xmlns="http://schemas.microsoft.com/packaging/2010/07/nuspec.xsd"',
  ' xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"',
  ' xmlns="urn:other"',
])('the namespace makes no difference:%s', (namespace) => {
  expect(nuspec('', '', namespace)).toMatchObject({ id: 'Acme.Lib', version: { full: '1.0.0' }, semVer2: false });
});

test('everything that is kept', () => {
  const { fields, embedded, packageTypes } = nuspec(
    `<title>T</title><authors>a, b</authors><description>d</description><summary>s</summary><releaseNotes>r</releaseNotes>
     <copyright>c</copyright><language>en-US</language><tags> one two, one </tags><projectUrl>https://x.test/</projectUrl>
     <license type="expression">MIT</license><licenseUrl>https://licenses.test/MIT</licenseUrl><iconUrl>https://x.test/i.png</iconUrl>
     <icon>i.png</icon><readme>docs\\R.md</readme><requireLicenseAcceptance>true</requireLicenseAcceptance>
     <developmentDependency>TRUE</developmentDependency><repository type="git" url="https://x.test/r" commit="abc"/>
     <packageTypes><packageType name="Template"/><packageType name="DotnetTool" version="1.0"/></packageTypes>
     <frameworkAssemblies><frameworkAssembly assemblyName="System.Web" targetFramework="net45"/></frameworkAssemblies>`,
    ' minClientVersion="2.12"',
  );
  expect(fields).toEqual({
    authors: 'a, b',
    description: 'd',
    title: 'T',
    summary: 's',
    releaseNotes: 'r',
    copyright: 'c',
    language: 'en-US',
    tags: ['one', 'two'],
    projectUrl: 'https://x.test/',
    licenseUrl: 'https://licenses.test/MIT',
    licenseExpression: 'MIT',
    iconUrl: 'https://x.test/i.png',
    requireLicenseAcceptance: true,
    developmentDependency: true,
    minClientVersion: '2.12',
    repository: { type: 'git', url: 'https://x.test/r', commit: 'abc' },
    frameworkAssemblies: [{ name: 'System.Web', targetFramework: 'net45' }],
  });
  expect(embedded).toEqual({ icon: 'i.png', readme: 'docs\\R.md' });
  expect(packageTypes).toEqual([{ name: 'Template' }, { name: 'DotnetTool', version: '1.0' }]);
});

test('what it doesn’t say', () => {
  const { fields, packageTypes, dependencyGroups } = nuspec('');
  expect(fields).toEqual({ authors: '', description: '', tags: [] });
  expect(packageTypes).toEqual([{ name: 'Dependency' }]);
  expect(dependencyGroups).toEqual([]);
});

describe('dependencies', () => {
  test('flat ones are for every framework', () => {
    const { dependencyGroups } = nuspec(
      '<dependencies><dependency id="A"/><dependency id="B" version="1.0" include="all" exclude="Build"/></dependencies>',
    );
    expect(dependencyGroups).toEqual([
      {
        dependencies: [
          { id: 'A', range: '(, )' },
          { id: 'B', range: '[1.0.0, )', include: 'all', exclude: 'Build' },
        ],
      },
    ]);
  });

  test('in groups, of which one may be empty', () => {
    const { dependencyGroups } = nuspec(
      '<dependencies><group targetFramework="net8.0"/><group><dependency id="A" version="[1.0]"/></group></dependencies>',
    );
    expect(dependencyGroups).toEqual([
      { targetFramework: 'net8.0', dependencies: [] },
      { dependencies: [{ id: 'A', range: '[1.0.0, 1.0.0]' }] },
    ]);
  });

  test.each([
    ['1.0.0', false],
    ['1.0.0-a', false],
    ['[1.0.0-a.b, 2.0.0)', true],
    ['(, 1.0.0+m]', true],
  ])('a bound %s: only for clients of SemVer 2: %s', (version, semVer2) => {
    expect(nuspec(`<dependencies><dependency id="A" version="${version}"/></dependencies>`).semVer2).toBe(semVer2);
  });
});

test('links that aren’t of the web are left out', () => {
  const { fields } = nuspec(
    '<projectUrl>javascript:alert(1)</projectUrl><iconUrl>file:///x</iconUrl><licenseUrl>http://[</licenseUrl>',
  );
  expect(fields).toEqual({ authors: '', description: '', tags: [] });
});
