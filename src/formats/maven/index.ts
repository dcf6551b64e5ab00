import { trueOrFalseText, wholeNumberText } from '../../lib/setting-texts.ts';
import { problem } from '../../problems/problem.ts';
import { forwardingSettings } from '../elsewhere.ts';
import type { Format } from '../format.ts';
import { compareMavenVersions } from './comparable-version.ts';
import { download } from './download.ts';
import { pathElsewhere } from './elsewhere.ts';
import { mavenProblem } from './problem.ts';
import { upload } from './upload.ts';
import { mavenUpstream } from './upstream.ts';

/** Maven's repository layout, for Maven, Gradle, sbt, Ivy and what else reads it. */
export const maven: Format = {
  id: 'maven',
  defaultMaxFileSize: 3 * 1024 ** 3,
  primaryTag: null,
  wrongBasicPassword: 'refuse',
  challenge: true,
  anonymousViews: 'challenge',
  settings: [
    {
      name: 'duplicates',
      default: 'false',
      meaning: 'Whether a file of a Maven release may be replaced by another one of the same name.',
      read: trueOrFalseText,
    },
    {
      name: 'snapshot_builds',
      default: '0',
      meaning: 'How many builds of a Maven snapshot are kept: each new one takes older ones away. `0` keeps all.',
      read: wholeNumberText(0, 1_000_000),
    },
    ...forwardingSettings('Maven clients', 'https://repo.maven.apache.org/maven2'),
  ],
  routes: [
    { method: 'GET', path: '/*', needs: 'read', elsewhere: pathElsewhere, handler: download },
    {
      method: 'PUT',
      path: '/*',
      needs: 'publish',
      scopes: ['project'],
      scopeHint: 'Deploy to the URL of a project: groups and the instance are for reading.',
      handler: upload,
    },
  ],
  joinSegments: refuseEncodedSlashes,
  problem: mavenProblem,
  upstream: mavenUpstream,
  advisories: { ecosystem: 'Maven', nameKey: coordinatesKey },
  compareVersions: compareMavenVersions,
};

/** No part of a Maven path holds a slash: one that was sent as `%2f` means to be read differently by somebody. */
function refuseEncodedSlashes(segments: readonly string[]): readonly string[] {
  if (segments.every((segment) => !segment.includes('/'))) return segments;
  throw problem('invalid-path', 'The path should be a valid file path.');
}

/** `group:artifact` as advisories write it. */
function coordinatesKey(coordinates: string): string | null {
  const [, group, artifact] = /^([\w.-]+):([\w.-]+)$/.exec(coordinates) ?? [];
  return group === undefined || artifact === undefined ? null : `${group.replaceAll('.', '/')}/${artifact}`;
}
