import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holds } from './odata-evaluate.ts';
import type { Value, ValueType } from './odata-expression.ts';
import { parseFilter } from './odata-parse.ts';

const types = new Map<string, ValueType>([
  ['Id', 'text'],
  ['Description', 'text'],
  ['Summary', 'text'],
  ['Tags', 'text'],
  ['NormalizedVersion', 'version'],
  ['IsLatestVersion', 'boolean'],
  ['IsAbsoluteLatestVersion', 'boolean'],
  ['IsPrerelease', 'boolean'],
  ['DownloadCount', 'number'],
  ['Published', 'time'],
]);
const row: Record<string, Value> = {
  Id: "Acme.O'Brien",
  Description: 'Makes <things>',
  Summary: null,
  Tags: ' PSModule tea ',
  NormalizedVersion: '1.10.0',
  IsLatestVersion: true,
  IsAbsoluteLatestVersion: false,
  IsPrerelease: false,
  DownloadCount: 7,
  Published: Date.parse('2026-01-02T03:04:05Z'),
};
const has = (filter: string) => holds(parseFilter(filter, types), (name) => row[name] ?? null);

test.each([
  'IsLatestVersion',
  'IsLatestVersion eq true',
  "IsLatestVersion and Id eq 'acme.o''brien'",
  "tolower(Id) eq 'acme.o''brien'",
  "NormalizedVersion eq '1.10'",
  "NormalizedVersion gt '1.9.0' and NormalizedVersion le '1.10.0'",
  "'1.9' lt NormalizedVersion",
  "substringof('PSModule', Tags) eq true",
  "substringof('PSScript', Tags) eq false",
  "startswith(Id, 'acme') and endswith(Id, 'Brien')",
  "(((Id ne null) and substringof('acme',tolower(Id))) or ((Summary ne null) and substringof('x',tolower(Summary))))",
  'Summary eq null',
  'not (Summary ne null)',
  'not IsPrerelease and not (IsAbsoluteLatestVersion)',
  'false or true and IsLatestVersion',
  'DownloadCount ge 7L and DownloadCount lt 7.5',
  "Published gt datetime'2026-01-01' and Published lt datetime'2026-01-02T03:04:06'",
  "indexof(Id,'o') eq 5 and length(trim(Tags)) eq 12 and concat(Id,'x') eq 'Acme.O''Brienx'",
  "substring(Id, 1, 3) eq 'cme' and substring(Id, 5) eq 'O''Brien' and toupper(Id) eq Id",
  '  IsLatestVersion  ',
])('holds: %s', (filter) => {
  expect(has(filter)).toBe(true);
});

test.each([
  'IsAbsoluteLatestVersion',
  "NormalizedVersion lt '1.9.0'",
  "substringof('x', Summary)",
  'not (IsLatestVersion) or Summary ne null',
  "Summary gt 'a'",
  'IsLatestVersion and IsPrerelease or IsPrerelease',
])('does not hold: %s', (filter) => {
  expect(has(filter)).toBe(false);
});

test.each([
  '',
  'Id',
  'Secret eq 1',
  'Id eq 5',
  "Id eq 'a' Id",
  "Id eq 'a",
  "(Id eq 'a'",
  "Id eq 'a')",
  'Id eq',
  'not Id',
  'Id and IsLatestVersion',
  'length(Id, Id) eq 1',
  'year(Published) eq 2026',
  "toLower(Id) eq 'a'",
  "Id like 'a'",
  'DownloadCount add 1 eq 8',
  "Published gt datetime'yesterday'",
  "Id eq 'a' -- ",
  "Id eq 'a'; drop table package",
  'constructor eq null',
  '__proto__ eq null',
  'DownloadCount eq 1abc',
  `${'('.repeat(200)}IsLatestVersion${')'.repeat(200)}`,
  `${'not '.repeat(200)}IsLatestVersion`,
  `IsLatestVersion${' and IsLatestVersion'.repeat(2_000)}`,
])('is refused: %.60s', (filter) => {
  expect(() => parseFilter(filter, types)).toThrow(/OData expression/);
});

test('whatever is sent, it is understood or refused', () => {
  const piece = fc.constantFrom(
    'Id',
    "'a'",
    'eq',
    'and',
    'not',
    '(',
    ')',
    ',',
    'tolower',
    'substringof',
    ' ',
    '1',
    'null',
    'true',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => pieces.join(' ')),
      ),
      (text) => {
        let expression;
        try {
          expression = parseFilter(text, types);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-parameter' });
          return;
        }
        expect(typeof holds(expression, (name) => row[name] ?? null)).toBe('boolean');
      },
    ),
    { numRuns: 1_000 },
  );
});
