import type { Readable } from 'node:stream';
import { divertJson, InvalidBase64, InvalidJson, JsonTooLarge } from '../../lib/json-divert.ts';
import type { FormatRequest, RegistryPort } from '../format.ts';
import type { StagedFile } from '../../registry/model.ts';
import { Problem, problem } from '../../problems/problem.ts';
import { isObject } from './json-body.ts';
import type { PutDocument } from './put-document.ts';

/** A tarball that came in an attachment, received and hashed. */
export interface SentTarball {
  /** Its key in `_attachments`. */
  readonly key: string;
  readonly staged: StagedFile;
}

export interface PutBody {
  readonly document: PutDocument;
  readonly tarball: SentTarball | null;
}

/** A deprecation sends the whole packument back, so this bounds the packages that can be deprecated. */
const maxDocument = 16 * 1024 * 1024;

/**
 * Reads the body of a `PUT` once: a tarball in it streams into staging, whatever its size, and the rest is parsed.
 * `accept` is asked before the first byte is staged, and may refuse.
 */
export async function readPutBody(
  request: FormatRequest,
  registry: RegistryPort,
  accept: () => void,
): Promise<PutBody> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw problem('unsupported-media-type', `Send the body as it is, without Content-Encoding: ${encoding}.`);
  }
  const body = request.body();
  const consume = async (path: readonly string[], bytes: Readable): Promise<StagedFile> => {
    if (path[1]?.endsWith('.tgz') !== true)
      throw problem('invalid-request', 'The tarball\'s key in "_attachments" must end in ".tgz".');
    accept();
    return registry.stage(bytes);
  };
  try {
    const { json, values } = await divertJson(body, { depth: 3, diverts, unique, limit: maxDocument, consume });
    if (!isObject(json)) throw problem('invalid-json', 'Invalid json: the body must be an object.');
    if (values.length > 1) throw problem('invalid-request', 'Send one tarball in "_attachments".');
    const [sent] = values;
    return { document: json, tarball: sent === undefined ? null : { key: sent.path[1] as string, staged: sent.value } };
  } catch (error) {
    throw problemOf(error, body);
  }
}

function diverts(path: readonly string[]): boolean {
  return path[0] === '_attachments' && path[2] === 'data' && path[1]?.endsWith('.sigstore') === false;
}

/** A key given twice is read differently by different readers: refused where it says what is published. */
function unique(path: readonly string[]): boolean {
  if (path.length < 3 || path[0] === '_attachments') return true;
  return path[0] === 'versions' && (path[2] === 'name' || path[2] === 'version' || path[2] === 'dist');
}

function problemOf(error: unknown, body: Readable): unknown {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidJson) return problem('invalid-json', `Invalid json: ${error.message}.`);
  if (error instanceof InvalidBase64) {
    return problem('invalid-request', `The attachment's data is not base64: ${error.message}.`);
  }
  if (error instanceof JsonTooLarge) {
    return problem('body-too-large', `The body has more than ${error.limit} bytes beside the tarball.`);
  }
  return body.errored === null
    ? error
    : problem('incomplete-body', 'The upload broke off before its end. Send it again.');
}
