/**
 * Request forwarding: a client that asks for what isn't here is sent on to a public registry, where the place was told to.
 * The format says where; whether, the registry decides (`src/registry/forward.ts`): never for names of ours.
 */
import type { Name } from '../registry/model.ts';
import { trueOrFalseText, webUrlText } from '../lib/setting-texts.ts';
import type { FormatSetting } from './format.ts';

/** Where else a request that found nothing could be answered. */
export interface Elsewhere {
  /** The package that was asked for. */
  readonly name: Name;
  /** Beginning of the names that the answer speaks of besides: with one of ours below it, nobody is sent on. */
  readonly below?: string;
  /** Below the base URL of the other registry, without a slash in front and encoded as it goes out. */
  readonly path: string;
}

/**
 * The two settings of a format whose public registry is at `url`: whether clients are sent on unless a place says
 * otherwise, and where to. `client` is who follows: `npm clients`.
 */
export function forwardingSettings(client: string, url: string): readonly FormatSetting[] {
  return [
    {
      name: 'forwarding',
      default: 'false',
      meaning: `Whether ${client} that ask for a name that is not here are sent on to a public registry, where the API sets nothing else for the server, a group or a project.`,
      read: trueOrFalseText,
    },
    {
      name: 'forwarding_url',
      default: url,
      meaning: `Where ${client} are sent on to.`,
      read: webUrlText,
    },
  ];
}

/** Path segments as they go out. */
export function encodedPath(...segments: readonly string[]): string {
  return segments.map(encodeURIComponent).join('/');
}
