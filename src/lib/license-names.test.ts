import { expect, test } from 'vitest';
import { licenseNamed } from './license-names.ts';

test.each([
  ['MIT', 'MIT'],
  ['MIT License', 'MIT'],
  ['The MIT License (MIT)', 'MIT'],
  ['Apache-2.0', 'Apache-2.0'],
  ['Apache License, Version 2.0', 'Apache-2.0'],
  ['The Apache Software License, Version 2.0', 'Apache-2.0'],
  ['Apache Software License', 'Apache-2.0'],
  ['GPL-3.0', 'GPL-3.0'],
  ['GPLv3', 'GPL-3.0-only'],
  ['GNU General Public License v3 or later (GPLv3+)', 'GPL-3.0-or-later'],
  ['GNU General Public License v3 (GPLv3)', 'GPL-3.0-only'],
  ['GNU Lesser General Public License v3 (LGPLv3)', 'LGPL-3.0-only'],
  ['GNU Lesser General Public License v2.1', 'LGPL-2.1-only'],
  ['GNU Affero General Public License v3', 'AGPL-3.0-only'],
  ['BSD 3-Clause', 'BSD-3-Clause'],
  ['BSD 3-Clause "New" or "Revised" License', 'BSD-3-Clause'],
  ['Dual license: GPLv3 and MIT', 'LicenseRef-Dual-license-GPLv3-and-MIT'],
  ['MIT or Apache License 2.0', 'LicenseRef-MIT-or-Apache-License-2.0'],
  ['New BSD License', 'BSD-3-Clause'],
  ['Eclipse Public License - v 2.0', 'EPL-2.0'],
  ['BSD License', 'LicenseRef-BSD-License'],
  ['Company (internal) use only', 'LicenseRef-Company-internal-use-only'],
  ['', null],
  ['x'.repeat(300), null],
])('%s is %s', (name, id) => {
  expect(licenseNamed(name)).toBe(id);
});
