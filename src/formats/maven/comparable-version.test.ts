import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareMavenVersions } from './comparable-version.ts';

const order = (a: string, b: string): number => Math.sign(compareMavenVersions(a, b));

/** Each set against each other, both ways round; computed with Maven's own class. */
function ascending(...versions: readonly string[]): void {
  versions.forEach((a, i) => {
    versions.forEach((b, j) => {
      expect(`${a} ${b} ${order(a, b)}`).toBe(`${a} ${b} ${Math.sign(i - j)}`);
    });
  });
}

function same(...versions: readonly string[]): void {
  for (const a of versions) for (const b of versions) expect(`${a} ${b} ${order(a, b)}`).toBe(`${a} ${b} 0`);
}

describe("Maven's order", () => {
  it('has many ways to write a version', () => {
    same('1.0', '1.0.0', '1.0-ga', '1.0.Final', '1.0.RELEASE', '01.0', '1.0-', '1', '1.0-0');
    same('1.0-rc1', '1.0-cr1', '1.0-RC-1', '1.0.rc1', '1-rc01');
    same('1.0-a1', '1.0-alpha-1', '1-alpha1');
    same('1..1', '1.0.1');
    same('2.0b1', '2.0.b1', '2-beta-1');
    same('1.0000000000000000000000000001', '1.1');
    same('1.0000000000000000000000000000', '1');
  });

  it('puts qualifiers before and after a release', () => {
    ascending('1.0-rc1', '1.0-SNAPSHOT', '1.0', '1.0-sp', '1.0-foo', '1.0-1', '1.0.1');
    ascending('1.0', '1.0+build5', '1.0.1');
    ascending('1.0-beta', '1.0-b');
    ascending('1.0.RC2', '1.0-RC3');
    ascending('2.0.0-M1', '2.0.0-RC1');
    ascending('32.1.3-android', '32.1.3-jre');
    ascending('v1.0', '1.0');
    ascending('1.x', '1.1');
    ascending('1.0', '1.0-20240101.120000-1');
  });

  it('compares numbers as numbers, of any size', () => {
    ascending('1.0-alpha9', '1.0-alpha10');
    ascending('1.0-3', '1.0-20');
    ascending('1.0.0-alpha.2', '1.0.0-alpha.10');
    ascending('9999999998.2', '9999999999.1');
    ascending('1.999999999999999', '1.1000000000000000', '1.99999999999999999998', '1.99999999999999999999');
    ascending('1.0.0-alpha.1', '1.0.0-alpha-1');
  });

  it('is that of the longest list that Maven tests', () => {
    ascending(
      ...'1-alpha-1 1-alpha2 1-alpha-123 1-beta-2 1-beta123 1-m2 1-m11 1-rc 1-cr2 1-rc123 1-SNAPSHOT 1 1-sp 1-sp2'.split(
        ' ',
      ),
      ...'1-sp123 1-abc 1-def 1-pom-1 1-1-snapshot 1-1 1-2 1-123'.split(' '),
    );
  });
});

const part = fc.constantFrom(
  '0',
  '1',
  '2',
  '10',
  '.',
  '-',
  'a',
  'b',
  'rc',
  'alpha',
  'SNAPSHOT',
  'ga',
  'sp',
  'x',
  '+',
  '_',
);
const version = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));

it('says of b and a the opposite of what it says of a and b', () => {
  fc.assert(
    fc.property(version, version, (a, b) => {
      expect(order(a, b)).toBe(0 - order(b, a));
      expect(order(a, a.toUpperCase())).toBe(0);
    }),
  );
});

it('takes any text, however long', () => {
  expect(order('1-'.repeat(50_000), '1-'.repeat(50_001))).toBe(-1);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), version, (a, b) => {
      expect(order(a, b)).toBe(0 - order(b, a));
    }),
  );
});
