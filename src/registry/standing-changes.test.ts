import { expect, test } from 'vitest';
import { auditOfStandings, type StandingChange } from './standing-changes.ts';

const deprecated = (reason: string): StandingChange => ({ standing: 'deprecated', reason });

test('versions of which the same is said stand together', () => {
  const undone = { standing: null, reason: null };
  const changes = new Map([
    ['1.0.0', deprecated('old')],
    ['1.1.0', undone],
    ['2.0.0', deprecated('old')],
    ['3.0.0', deprecated('broken')],
  ]);
  expect(auditOfStandings(changes)).toEqual({
    changes: [
      { ...deprecated('old'), versions: ['1.0.0', '2.0.0'] },
      { ...undone, versions: ['1.1.0'] },
      { ...deprecated('broken'), versions: ['3.0.0'] },
    ],
  });
});

test('thousands of long reasons stay small, and are counted', () => {
  const changes = new Map(
    Array.from({ length: 2_000 }, (_, index) => [`1.${index}.0`, deprecated(`${index} ${'x'.repeat(3_900)}`)]),
  );
  const told = auditOfStandings(changes);
  expect(told).toMatchObject({ others: 1_950 });
  expect(JSON.stringify(told).length).toBeLessThan(20_000);
});
