import compare from 'semver/functions/compare.js';
import valid from 'semver/functions/valid.js';
import { trueOrFalseText } from '../../lib/setting-texts.ts';
import type { Format } from '../format.ts';
import { download } from './download.ts';
import { genericProblem } from './problem.ts';
import { upload } from './upload.ts';
import { genericUpstream } from './upstream.ts';

/** Files of any kind under a name and a version, by PUT and GET. The shortest example of a format. */
export const generic: Format = {
  id: 'generic',
  defaultMaxFileSize: 5 * 1024 ** 3,
  primaryTag: null,
  wrongBasicPassword: 'anonymous',
  challenge: true,
  settings: [
    {
      name: 'duplicates',
      default: 'true',
      meaning: 'Whether a Generic file may be uploaded again under the same name; the newest one answers.',
      read: trueOrFalseText,
    },
  ],
  routes: [
    { method: 'GET', path: '/:name/:version/*', needs: 'read', scopes: ['project', 'virtual'], handler: download },
    { method: 'PUT', path: '/:name/:version/*', needs: 'publish', scopes: ['project'], handler: upload },
  ],
  problem: genericProblem,
  upstream: genericUpstream,
  compareVersions,
};

/** SemVer where both are; otherwise numbers inside the text count as numbers. */
function compareVersions(a: string, b: string): number {
  if (valid(a) !== null && valid(b) !== null) return compare(a, b);
  return a.localeCompare(b, 'en', { numeric: true });
}
