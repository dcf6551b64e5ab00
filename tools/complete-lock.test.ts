import { expect, test } from 'vitest';
import { missingPackages } from './complete-lock.ts';

test('an optional package that is nowhere is placed beside its dependent, with the platform that its name says', () => {
  expect(
    missingPackages({
      '': {},
      'node_modules/tool': {
        dev: true,
        optionalDependencies: { '@tool/linux-arm64-musl': '1.0.0', '@tool/win32-x64-msvc': '1.0.0' },
      },
      'node_modules/a/node_modules/tool': { optionalDependencies: { '@tool/binding-linux-ppc64-gnu': '2.0.0' } },
    }),
  ).toEqual({
    'node_modules/@tool/linux-arm64-musl': {
      version: '1.0.0',
      cpu: ['arm64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    },
    'node_modules/@tool/win32-x64-msvc': { version: '1.0.0', cpu: ['x64'], dev: true, optional: true, os: ['win32'] },
    'node_modules/a/node_modules/@tool/binding-linux-ppc64-gnu': {
      version: '2.0.0',
      cpu: ['ppc64'],
      libc: ['glibc'],
      optional: true,
      os: ['linux'],
    },
  });
});

test('one that is there is left alone; one of another version stays, and the right one goes below its dependent', () => {
  const there = {
    'node_modules/tool': { optionalDependencies: { 'x-darwin-arm64': '1.0.0' } },
    'node_modules/x-darwin-arm64': { version: '1.0.0' },
  };
  expect(missingPackages(there)).toEqual({});
  const other = { ...there, 'node_modules/x-darwin-arm64': { version: '2.0.0' } };
  expect(Object.keys(missingPackages(other))).toEqual(['node_modules/tool/node_modules/x-darwin-arm64']);
});

test('a name that says no platform needs a person', () => {
  expect(() => missingPackages({ 'node_modules/tool': { optionalDependencies: { fsevents: '2.0.0' } } })).toThrow(
    'which platform',
  );
});
