import { finished, type Readable } from 'node:stream';
import { problem } from '../../problems/problem.ts';
import type { StagedFile } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort } from '../format.ts';
import { BrokenForm, FirstPart } from './first-part.ts';

/** Receives the package of a push: the first part of a form or, of a sender that makes none (`curl -T`), the body itself. */
export async function receivePackage(request: FormatRequest, registry: RegistryPort): Promise<StagedFile> {
  const { headers } = request;
  if (headers['content-range'] !== undefined) {
    throw problem('partial-upload', 'Resuming an upload is not offered here: send the whole file.');
  }
  const type = headers['content-type'] ?? '';
  if (!/^multipart\//i.test(type)) return registry.stage(request.body(), sizeIn(headers['content-length']));
  return receivePart(request.body(), boundaryOf(type), registry);
}

/** What is too large is refused before it is sent. */
function sizeIn(length: string | undefined): { readonly expectedSize?: number } {
  return length === undefined ? {} : { expectedSize: Number(length) };
}

async function receivePart(body: Readable, boundary: string, registry: RegistryPort): Promise<StagedFile> {
  const part = new FirstPart(boundary);
  // Its reader is told; nobody else need be.
  part.on('error', () => undefined);
  finished(body, { writable: false }, (error) => {
    if (error !== undefined && error !== null) part.destroy(brokenOff());
  });
  body.pipe(part);
  try {
    return await registry.stage(part);
  } catch (error) {
    body.unpipe(part);
    part.destroy();
    throw part.errored instanceof BrokenForm ? problem('invalid-request', part.errored.message) : error;
  }
}

/** RFC 2046, with and without quotes. */
function boundaryOf(type: string): string {
  const found = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(type);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) throw problem('invalid-request', 'The multipart form has no boundary.');
  return boundary;
}

function brokenOff(): Error {
  return problem('incomplete-body', 'The upload broke off before its end; send it again.');
}
