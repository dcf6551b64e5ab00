import { forwardingSettings } from '../elsewhere.ts';
import type { Format } from '../format.ts';
import { isProjectName, normalizeName } from './file-names.ts';
import { pypiProblem } from './problem.ts';
import { routes } from './routes.ts';
import { pypiUpstream } from './upstream.ts';
import { compareVersions } from './version-order.ts';

/** Python packages: uploads as twine sends them, and the simple index that pip, uv and poetry read. */
export const pypi: Format = {
  id: 'pypi',
  defaultMaxFileSize: 3 * 1024 ** 3,
  primaryTag: null,
  // A name and password that somebody typed are meant: pip would install from elsewhere and say nothing.
  wrongBasicPassword: 'refuse',
  challenge: true,
  // pip with a keyring, and uv, ask without credentials first.
  anonymousViews: 'challenge',
  keepsFileNames: true,
  standings: ['yanked'],
  packageStandings: ['archived', 'quarantined', 'deprecated'],
  settings: forwardingSettings('Python clients', 'https://pypi.org/simple'),
  routes,
  problem: pypiProblem,
  upstream: pypiUpstream,
  advisories: { ecosystem: 'PyPI', nameKey: (name) => (isProjectName(name) ? normalizeName(name) : null) },
  compareVersions,
};
