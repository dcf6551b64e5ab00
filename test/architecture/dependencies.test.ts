import { expect, test } from 'vitest';
import { installScripts, type Lock, unboundPackages, unexpectedLicences, unexpectedScripts } from './dependencies.ts';
import { missingPackages } from '../../tools/complete-lock.ts';
import { textOf } from './source.ts';

const lock = JSON.parse(textOf('package-lock.json')) as Lock;

test('the production tree installs without running anything', () => {
  expect(Object.keys(lock.packages).length).toBeGreaterThan(50);
  expect(unexpectedScripts(lock)).toEqual([]);
});

test('every exception is still installed', () => {
  for (const name of Object.keys(installScripts)) {
    expect(lock.packages[`node_modules/${name}`]?.hasInstallScript, name).toBe(true);
  }
});

test('the production tree has licences that allow shipping it', () => {
  expect(unexpectedLicences(lock)).toEqual([]);
});

test('the lock file binds bytes, and no host', () => {
  expect(unboundPackages(lock)).toEqual([]);
});

test('the lock file holds the optional packages of every platform, so that npm ci accepts it', () => {
  expect(missingPackages(lock.packages), 'run: npx tsx tools/complete-lock.ts').toEqual({});
});

test('dependencies are pinned to one version', () => {
  const manifest = JSON.parse(textOf('package.json')) as Record<string, Record<string, string>>;
  for (const kind of ['dependencies', 'optionalDependencies', 'devDependencies']) {
    for (const [name, range] of Object.entries(manifest[kind] ?? {})) expect(range, name).toMatch(/^\d+\.\d+\.\d+$/);
  }
});

test('the checks find what they look for', () => {
  const bad: Lock = {
    packages: {
      '': { version: '1.0.0' },
      'node_modules/a': { hasInstallScript: true, license: 'MIT', integrity: 'sha512-x' },
      'node_modules/a/node_modules/@b/c': { license: 'SSPL-1.0', integrity: 'sha1-x' },
      'node_modules/d': {
        dev: true,
        hasInstallScript: true,
        license: 'GPL-3.0',
        resolved: 'https://host/d.tgz',
        integrity: 'sha512-x',
      },
      'node_modules/e': { license: '(MIT OR CC0-1.0)', integrity: 'sha512-x' },
      'node_modules/f': { license: 'MIT', optional: true, os: ['win32'] },
      'node_modules/g': { dev: true, optional: true, os: ['win32'] },
    },
  };
  expect(unexpectedScripts(bad)).toEqual(['a runs a script when it is installed']);
  expect(unexpectedLicences(bad)).toEqual(['@b/c has the licence SSPL-1.0']);
  expect(unboundPackages(bad)).toEqual([
    '@b/c has no sha512 integrity',
    'd is bound to https://host/d.tgz',
    'f has no sha512 integrity',
  ]);
});
