import { expect, test } from 'vitest';
import { readPath } from './path.ts';
import { oldBuilds } from './retention.ts';

const target = readPath('g/lib/1.0-SNAPSHOT/lib-1.0-20260101.000000-1.jar')?.target;
if (target?.kind !== 'file') throw new Error('no file');

function goes(names: readonly string[], kept: number, pomsCount = false): string[] {
  const files = names.map((name, id) => ({ id, name: `lib-1.0-${name}` }));
  if (target?.kind !== 'file') throw new Error('no file');
  return oldBuilds(target, files, { kept, pomsCount }).map((id) => names[id] ?? '');
}

test('all files of the builds that are too many, whatever order they came in', () => {
  const names = [
    '20260102.000000-2.jar',
    '20260101.000000-1.jar',
    '20260101.000000-1-sources.jar',
    '20260103.000000-3.jar',
  ];
  expect(goes(names, 2)).toEqual(['20260101.000000-1.jar', '20260101.000000-1-sources.jar']);
  expect(goes(names, 3)).toEqual([]);
});

test('the highest number stays, however old its clock says it is', () => {
  expect(goes(['20260101.000000-9.jar', '20260102.000000-1.jar', '20260103.000000-2.jar'], 1)).toEqual([
    '20260102.000000-1.jar',
  ]);
});

test('plain snapshot files are no builds', () => {
  expect(goes(['SNAPSHOT.jar', '20260101.000000-1.jar', '20260102.000000-2.jar'], 1)).toEqual([
    '20260101.000000-1.jar',
  ]);
});

test('a build that has begun takes nothing away until it has more than its POM', () => {
  const old = ['20260101.000000-1.jar', '20260101.000000-1.pom'];
  expect(goes([...old, '20260102.000000-2.pom'], 1)).toEqual([]);
  expect(goes([...old, '20260102.000000-2.pom'], 1, true)).toEqual(old);
  expect(goes([...old, '20260102.000000-2.pom', '20260102.000000-2.jar'], 1)).toEqual(old);
  // One that never got further goes with those of its age.
  expect(goes(['20260101.000000-1.pom', '20260102.000000-2.jar', '20260103.000000-3.jar'], 1)).toEqual([
    '20260101.000000-1.pom',
    '20260102.000000-2.jar',
  ]);
});
