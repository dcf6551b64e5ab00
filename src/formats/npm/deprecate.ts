import type { SourcePackage, SourceVersion, Standing } from '../../registry/model.ts';
import { problem } from '../../problems/problem.ts';
import { isObject, type JsonObject, member, storableText } from './json-body.ts';
import { buildPackument } from './packument.ts';
import type { PutDocument, PutMeaning } from './put-document.ts';
import { revisionOf } from './revisions.ts';
import { packageAt } from './stored-package.ts';

const longestMessage = 4_000;

type Change = { readonly standing: Standing | null; readonly reason: string | null };

/**
 * `PUT /NAME` with `versions[v].deprecated`: text deprecates, `""` undoes it. Nothing else of the document is read, and a
 * version that it doesn't have, or that says nothing of deprecation, stays as it is: clients send the whole document or
 * only the versions in question.
 */
export const deprecateVersions: PutMeaning = async (registry, name, document, rev) => {
  const versions = member(document, 'versions');
  if (!isObject(versions)) throw problem('invalid-request', '"versions" must be an object.');
  const source = await packageAt(registry, name, rev ?? revIn(document));
  const changes = changesIn(versions, source);
  if (changes.size > 0) await registry.setStandings(name, changes);
  return { status: 200, body: { ok: true } };
};

/** The `_rev` the document was read with; `null` when it has none of ours. */
function revIn(document: PutDocument): string | null {
  const rev = member(document, '_rev');
  return typeof rev === 'string' && revisionOf(rev) !== null ? rev : null;
}

function changesIn(versions: JsonObject, source: SourcePackage): Map<string, Change> {
  const changes = new Map<string, Change>();
  const shown = new Map(buildPackument(source).entries.map((entry) => [entry.version, entry.deprecated ?? '']));
  let known = false;
  for (const version of source.versions) {
    const entry = member(versions, version.version);
    if (entry === undefined) continue;
    known = true;
    if (!isObject(entry)) throw problem('invalid-request', `"versions" must have an object for ${version.version}.`);
    const change = changeOf(version, shown.get(version.version) ?? '', member(entry, 'deprecated'));
    if (change !== null) changes.set(version.key, change);
  }
  if (!known) {
    throw problem(
      'invalid-request',
      'Attachment data is empty. To deprecate instead of publishing, name published versions in "versions".',
    );
  }
  return changes;
}

/** `current`: what documents say now, `""` for nothing. `null` when the version stays as it is. */
function changeOf(version: SourceVersion, current: string, wanted: unknown): Change | null {
  if (wanted === undefined) return null;
  const message = messageOf(wanted, version.version);
  if (message === current) return null;
  return message === '' ? { standing: null, reason: null } : { standing: 'deprecated', reason: message };
}

/** Some tools write `false` or `null` where npm writes `""`. */
function messageOf(wanted: unknown, version: string): string {
  if (wanted === null || wanted === false) return '';
  if (typeof wanted !== 'string') {
    throw problem('invalid-parameter', `"deprecated" of ${version} must be text: say what to use instead.`);
  }
  if (wanted.length > longestMessage) {
    throw problem('invalid-parameter', `"deprecated" of ${version} is longer than ${longestMessage} characters.`);
  }
  return storableText(wanted, `"deprecated" of ${version}`);
}
