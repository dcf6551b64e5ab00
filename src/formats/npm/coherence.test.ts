import { expect, test } from 'vitest';
import { checkCoherence } from './coherence.ts';

function check(sent: object, packed: object, hasBindingGyp = false): string {
  const base = { name: 'pkg', version: '1.0.0' };
  const facts = { fileCount: 1, unpackedSize: 1, packageJson: { ...base, ...packed }, hasBindingGyp };
  try {
    checkCoherence({ ...base, ...sent }, facts);
    return 'coherent';
  } catch (error) {
    expect(error).toMatchObject({ code: 'manifest-mismatch' });
    return (error as { reason: string }).reason;
  }
}

/** What clients write differently when they publish: npm, pnpm, Yarn and Bun. */
test.each<[string, object, object]>([
  ['nothing else', {}, {}],
  ['a build number dropped', {}, { version: '1.0.0+build' }],
  ['a v dropped', {}, { version: ' v1.0.0 ' }],
  ['a bin of text made an object', { bin: { pkg: 'x.js' } }, { bin: './x.js' }],
  ['a bin of a scoped name', { name: '@s/p', bin: { p: 'x' } }, { name: '@s/p', bin: 'x' }],
  ['a list of bins', { bin: { a: 'bin/a', b: 'b' } }, { bin: ['bin/a', './b'] }],
  ['bin names cleaned', { bin: { a: 'a' } }, { bin: { './x/a': 'a', '..': 'y', '': 'z', b: 7 } }],
  ['unclean bin names left out', {}, { bin: { './x/a': 'a' } }],
  ['an empty bin', {}, { bin: '' }],
  ['a folder of bins', { bin: { a: 'bin/a' } }, { directories: { bin: 'bin' } }],
  [
    'optional dependencies listed once',
    { optionalDependencies: { a: '1' } },
    { dependencies: { a: '1' }, optionalDependencies: { a: '1' } },
  ],
  [
    'optional dependencies listed twice',
    { dependencies: { a: '1' }, optionalDependencies: { a: '1' } },
    { optionalDependencies: { a: '1' } },
  ],
  ['a list of dependencies', { dependencies: { a: '^1', '@s/b': '*' } }, { dependencies: ['a@^1', '@s/b'] }],
  ['dependencies of text', { dependencies: { a: '^1', b: '*' } }, { dependencies: 'a@^1, b' }],
  ['dependencies that are none', {}, { dependencies: { a: 7 }, peerDependencies: null }],
  ['an empty range', { dependencies: { a: '*' } }, { dependencies: { a: '' } }],
  ['a workspace range', { dependencies: { a: '^1.2.0' } }, { dependencies: { a: 'workspace:^' } }],
  ['a catalog range', { peerDependencies: { a: '^1.2.0' } }, { peerDependencies: { a: 'catalog:' } }],
  ['a GitHub shorthand', { dependencies: { a: 'github:u/r#v1' } }, { dependencies: { a: 'u/r#v1' } }],
  [
    'a GitHub URL',
    { dependencies: { a: 'git+ssh://git@github.com/u/r.git#v1' } },
    { dependencies: { a: 'github:u/r#v1' } },
  ],
  ['a path in front of a script', { scripts: { install: 'x' } }, { scripts: { install: './node_modules/.bin/x' } }],
  ['scripts that are none', {}, { scripts: { install: 7, preinstall: '' } }],
  ['other scripts', { scripts: { test: 'a' } }, { scripts: { test: 'b', prepare: 'c' } }],
  ['other fields', { description: 'a', files: ['x'] }, { description: 'b', devDependencies: { x: '1' } }],
])('clients may publish with %s', (_what, sent, packed) => {
  expect(check(sent, packed)).toBe('coherent');
});

test('npm adds the script that a .gyp file implies', () => {
  const script = { scripts: { install: 'node-gyp rebuild' } };
  expect(check(script, {}, true)).toBe('coherent');
  expect(check({ ...script, gypfile: true }, {})).toBe('coherent');
  expect(check({}, {}, true)).toBe('coherent');
  expect(check(script, {})).toContain('"scripts" (install)');
  expect(check({ scripts: { install: 'evil' } }, {}, true)).toContain('"scripts" (install)');
});

test.each<[string, object, object]>([
  ['"name"', {}, { name: 'other' }],
  ['"name"', {}, { name: undefined }],
  ['"version"', {}, { version: '1.0.1' }],
  ['"version"', { version: '1.0.1' }, {}],
  ['"dependencies" (a)', { dependencies: { a: '1' } }, {}],
  ['"dependencies" (a)', {}, { dependencies: { a: '1' } }],
  ['"dependencies" (a)', { dependencies: { a: '2' } }, { dependencies: { a: '1' } }],
  ['"dependencies" (a)', { dependencies: { a: 'workspace:^' } }, { dependencies: { a: '1' } }],
  ['"dependencies" (a)', { dependencies: { a: 'github:u/r' } }, { dependencies: { a: 'github:u/evil' } }],
  ['"dependencies" (a)', { dependencies: { a: 'git+https://evil.com/u/r.git' } }, { dependencies: { a: 'u/r' } }],
  ['"dependencies" (a)', {}, { optionalDependencies: { a: '1' } }],
  ['"dependencies" (__proto__)', JSON.parse('{"dependencies":{"__proto__":"1"}}'), {}],
  ['"peerDependencies" (a)', {}, { peerDependencies: { a: '1' } }],
  ['"bin" (npm)', {}, { bin: { npm: 'evil.js' } }],
  ['"bin" (npm)', { bin: { npm: 'evil.js' } }, {}],
  ['"bin" (npm)', { bin: { npm: 'x', a: 'x' } }, { bin: { a: 'x' }, directories: { bin: 'bin' } }],
  ['"scripts" (postinstall)', {}, { scripts: { postinstall: 'evil' } }],
  ['"scripts" (postinstall)', { scripts: { postinstall: 'nice' } }, { scripts: { postinstall: 'evil' } }],
  ['"scripts" (preinstall)', { scripts: { preinstall: 'nice' } }, {}],
])('a manifest that hides or invents something is named: %s', (field, sent, packed) => {
  const reason = check(sent, packed);
  expect(reason).toMatch(/^Package manifest is not coherent/);
  expect(reason).toContain(field);
});

test('a version in the archive must be SemVer', () => {
  expect(check({}, { version: '1.0' })).toBe('Version in package.json is not SemVer compliant.');
  expect(check({}, { version: 7 })).toBe('Version in package.json is not SemVer compliant.');
});
