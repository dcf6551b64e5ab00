import type { PromisedDigests } from '../../lib/digests.ts';
import type { Name, VersionName } from '../../registry/model.ts';
import { problem } from '../../problems/problem.ts';
import { promisedDigests } from './integrity.ts';
import { isObject, type JsonObject, member } from './json-body.ts';
import type { PutDocument } from './put-document.ts';
import { parseTag } from './tags.ts';
import { parseVersion } from './versions.ts';

/** A Sigstore bundle sent beside the tarball: JSON as text, not base64. */
export interface SentBundle {
  readonly text: string;
}

/** What a publish asks for, checked for all that shows without its tarball. */
export interface PublishRequest {
  readonly version: VersionName;
  /** The version's manifest as sent. */
  readonly manifest: JsonObject;
  readonly readme: string | null;
  readonly tags: readonly string[];
  readonly promised: PromisedDigests;
  /** Bytes the tarball shall have; `null` when not said. */
  readonly length: number | null;
  readonly bundle: SentBundle | null;
}

/** Reads the body of a publish; `tarballKey` names the attachment whose data was received. */
export function readPublishDocument(name: Name, document: PutDocument, tarballKey: string): PublishRequest {
  if (member(document, 'name') !== name.display) {
    throw problem('invalid-request', `"name" must be the name in the URL: ${name.display}.`);
  }
  const { key, manifest } = onlyVersion(document);
  if (member(manifest, 'name') !== name.display) {
    throw problem('invalid-request', `The manifest's "name" must be the name in the URL: ${name.display}.`);
  }
  const attachments = readAttachments(document, tarballKey);
  return {
    version: parseVersion(key),
    manifest,
    readme: readmeOf(manifest) ?? readmeOf(document),
    tags: tagsOf(document, key),
    promised: promisedDigests(objectAt(manifest, 'dist')),
    ...attachments,
  };
}

function onlyVersion(document: PutDocument): { key: string; manifest: JsonObject } {
  const versions = Object.entries(objectAt(document, 'versions'));
  const [key, manifest] = versions[0] ?? ['', undefined];
  if (key === '') throw problem('invalid-request', 'Version is empty.');
  if (versions.length > 1) throw problem('invalid-request', 'Publish one version at a time: "versions" has several.');
  if (!isObject(manifest)) throw problem('invalid-request', 'The manifest in "versions" must be an object.');
  if (member(manifest, 'version') !== key) {
    throw problem('invalid-request', `The manifest's "version" must be its key in "versions": ${JSON.stringify(key)}.`);
  }
  return { key, manifest };
}

function readAttachments(document: PutDocument, tarballKey: string): Pick<PublishRequest, 'length' | 'bundle'> {
  let bundle: SentBundle | null = null;
  let tarball: JsonObject | null = null;
  for (const [key, attachment] of Object.entries(objectAt(document, '_attachments'))) {
    if (!isObject(attachment)) throw problem('invalid-request', 'Attachments must be objects.');
    if (key === tarballKey) {
      tarball = attachment;
    } else if (key.endsWith('.sigstore') && bundle === null) {
      bundle = { text: textOf(attachment, 'data') };
    } else {
      throw problem('invalid-request', 'Send one tarball, and at most one Sigstore bundle, in "_attachments".');
    }
  }
  // Only when another "_attachments" took its place.
  if (tarball === null) throw problem('invalid-request', 'Attachment data is empty.');
  return { length: lengthOf(tarball), bundle };
}

function lengthOf(attachment: JsonObject): number | null {
  const length = member(attachment, 'length');
  if (length === undefined || length === null) return null;
  if (typeof length === 'number' && Number.isSafeInteger(length) && length >= 0) return length;
  throw problem('invalid-request', 'The attachment\'s "length" must be its size in bytes.');
}

/** Without any tag a publish means `latest`. */
function tagsOf(document: PutDocument, version: string): readonly string[] {
  const tags = Object.entries(objectAt(document, 'dist-tags'));
  for (const [tag, target] of tags) {
    parseTag(tag);
    if (target !== version) {
      throw problem(
        'invalid-request',
        `The tag ${JSON.stringify(tag)} must point to the published version ${version}.`,
      );
    }
  }
  return tags.length === 0 ? ['latest'] : tags.map(([tag]) => tag);
}

/** npm sends it with the manifest, Yarn beside; npm's word for none is a sentence. */
function readmeOf(object: JsonObject): string | null {
  const readme = member(object, 'readme');
  return typeof readme === 'string' && readme !== '' && readme !== 'ERROR: No README data found!' ? readme : null;
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = member(object, key);
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw problem('invalid-request', `"${key}" must be an object.`);
  return value;
}

function textOf(object: JsonObject, key: string): string {
  const value = member(object, key);
  if (typeof value !== 'string') throw problem('invalid-request', `The attachment's "${key}" must be text.`);
  return value;
}
