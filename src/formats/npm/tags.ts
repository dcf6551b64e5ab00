import validRange from 'semver/ranges/valid.js';
import { problem } from '../../problems/problem.ts';

/**
 * Refuses what npm's client refuses as a dist-tag: semver ranges (they would be taken for a version) and text that a
 * URL would change. Returns the tag.
 */
export function parseTag(tag: string): string {
  if (tag === 'latest') return tag;
  if (tag === '') throw problem('invalid-parameter', '"Tag" not given');
  if (tag.length > 255) throw refusal(tag.slice(0, 40), 'is longer than 255 characters');
  if (validRange(tag) !== null) throw refusal(tag, 'must not be a valid SemVer range');
  // `encodeURIComponent` throws on lone surrogates.
  if (/\p{Cs}/u.test(tag) || encodeURIComponent(tag) !== tag || /^\.+$/.test(tag)) {
    throw refusal(tag, "may only have letters, digits and - _ . ! ~ * ' ( )");
  }
  return tag;
}

function refusal(tag: string, why: string) {
  return problem('invalid-parameter', `Validation failed: Tag name ${why}: ${JSON.stringify(tag)}`);
}
