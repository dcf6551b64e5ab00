import { expect, test } from 'vitest';
import { readLicenseField } from './upstream-licenses.ts';

test.each([
  [['License-Expression: MIT OR Apache-2.0', 'License: x'], 'MIT OR Apache-2.0'],
  [['License: MIT'], 'MIT'],
  [['License: Apache 2.0', 'Classifier: License :: OSI Approved :: MIT License'], 'Apache-2.0'],
  [['License: BSD', 'Classifier: License :: OSI Approved :: BSD License'], 'LicenseRef-BSD-License'],
  [['License: UNKNOWN', 'Classifier: License :: OSI Approved :: Apache Software License'], 'Apache-2.0'],
  [
    [
      'Classifier: License :: OSI Approved',
      'Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)',
    ],
    'GPL-3.0-only',
  ],
  [
    ['Classifier: License :: OSI Approved :: MIT License', 'Classifier: License :: OSI Approved :: ISC License (ISCL)'],
    'MIT AND ISC',
  ],
  [['License: MIT OR Apache-2.0'], 'MIT OR Apache-2.0'],
  [['License: My own terms'], 'LicenseRef-My-own-terms'],
  [['License: Permission is hereby granted', '        to anybody'], null],
  [['Classifier: Programming Language :: Python'], null],
])('%j: %s', (lines, license) => {
  expect(readLicenseField(['Metadata-Version: 2.4', 'Name: x', 'Version: 1', ...lines, '', 'MIT'].join('\n'))).toBe(
    license,
  );
});
