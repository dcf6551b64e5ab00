import { expect, test } from 'vitest';
import { dependenciesText, shortFramework } from './v2-dependencies.ts';

test.each([
  ['.NETFramework4.5', 'net45'],
  ['.NETFramework4.0', 'net40'],
  ['.NETFramework4.7.2', 'net472'],
  ['.NETFramework,Version=v4.5.1', 'net451'],
  ['.NETStandard2.0', 'netstandard2.0'],
  ['.NETCoreApp3.1', 'netcoreapp3.1'],
  ['.NETCoreApp8.0', 'net8.0'],
  ['UAP10.0.16299', 'uap10.0.16299'],
  ['MonoAndroid1.0', 'monoandroid10'],
  ['net8.0', 'net8.0'],
  ['net45', 'net45'],
  ['net8.0-windows7.0', 'net8.0-windows7.0'],
  ['.NETPortable4.5-Profile259', '.NETPortable4.5-Profile259'],
])('%s is %s', (long, short) => {
  expect(shortFramework(long)).toBe(short);
});

test('dependencies in one line', () => {
  expect(
    dependenciesText([
      {
        dependencies: [
          { id: 'A', range: '[1.0.0, )' },
          { id: 'B', range: '(, )' },
        ],
      },
      { targetFramework: '.NETFramework4.5', dependencies: [] },
      { targetFramework: '.NETStandard2.0', dependencies: [{ id: 'C', range: '[1.0.0, 2.0.0)' }] },
    ]),
  ).toBe('A:[1.0.0, )|B:|::net45|C:[1.0.0, 2.0.0):netstandard2.0');
  expect(dependenciesText([])).toBe('');
  expect(dependenciesText([{ dependencies: [] }])).toBe('');
});
