import { forwardingSettings } from '../elsewhere.ts';
import type { Format } from '../format.ts';
import { isName, joinScopes } from './names.ts';
import { npmProblem } from './problem.ts';
import { routes } from './routes.ts';
import { npmUpstream } from './upstream.ts';
import { compareVersions } from './versions.ts';

/** The npm registry protocol, as npm, pnpm, Yarn and Bun speak it. */
export const npm: Format = {
  id: 'npm',
  defaultMaxFileSize: 500 * 1024 * 1024,
  primaryTag: 'latest',
  wrongBasicPassword: 'refuse',
  challenge: false,
  settings: forwardingSettings('npm clients', 'https://registry.npmjs.org'),
  routes,
  joinSegments: joinScopes,
  problem: npmProblem,
  advisories: { ecosystem: 'npm', nameKey: (name) => (isName(name) ? name : null) },
  upstream: npmUpstream,
  compareVersions,
};
