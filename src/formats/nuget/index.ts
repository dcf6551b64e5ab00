import { oneOfTexts } from '../../lib/setting-texts.ts';
import type { Format } from '../format.ts';
import { compareVersionTexts } from './nuget-version.ts';
import { nugetProblem } from './problem.ts';
import { listingRoutes, v3Routes } from './routes.ts';
import { isPackageId } from './names.ts';
import { nugetUpstream } from './upstream.ts';
import { v2Routes } from './v2-routes.ts';

/** NuGet: V3, push, symbols, and the V2 feed. */
export const nuget: Format = {
  id: 'nuget',
  defaultMaxFileSize: 500 * 1024 ** 2,
  primaryTag: null,
  wrongBasicPassword: 'refuse',
  challenge: true,
  anonymousViews: 'challenge',
  standings: ['unlisted', 'deprecated'],
  settings: [
    {
      name: 'delete',
      default: 'unlist',
      meaning:
        'What `nuget delete` does: `unlist` takes a version off the lists and keeps it for those who name it, `remove` deletes it.',
      read: oneOfTexts('unlist', 'remove'),
    },
  ],
  routes: [...v3Routes, ...v2Routes, ...listingRoutes],
  problem: nugetProblem,
  upstream: nugetUpstream,
  advisories: { ecosystem: 'NuGet', nameKey: (id) => (isPackageId(id) ? id.toLowerCase() : null) },
  compareVersions: compareVersionTexts,
};
