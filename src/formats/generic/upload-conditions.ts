import type { IncomingHttpHeaders } from 'node:http';
import { problem } from '../../problems/problem.ts';

/** As the pipeline takes them; none = upload whatever is there. */
export interface UploadConditions {
  readonly refuseExistingFile?: boolean;
  /** `*` = any, as long as there is one. */
  readonly replaceOnlySha256?: string;
}

/** `If-None-Match: *` = create only; `If-Match: "<sha256>"` = replace only that file; `If-Match: *` = replace only. */
export function readConditions(headers: IncomingHttpHeaders): UploadConditions {
  const ifMatch = headers['if-match']?.trim();
  const ifNoneMatch = headers['if-none-match']?.trim();
  if (ifNoneMatch !== undefined && (ifNoneMatch !== '*' || ifMatch !== undefined)) {
    throw problem('precondition-failed', 'An upload takes If-None-Match: * or If-Match, one of them.');
  }
  if (ifNoneMatch !== undefined) return { refuseExistingFile: true };
  if (ifMatch === undefined) return {};
  const tag = ifMatch === '*' ? '*' : /^"([0-9a-f]{64})"$/.exec(ifMatch)?.[1];
  if (tag === undefined) throw problem('precondition-failed', 'If-Match takes one ETag of a file here, or *.');
  return { replaceOnlySha256: tag };
}

export function isConditional({ refuseExistingFile, replaceOnlySha256 }: UploadConditions): boolean {
  return refuseExistingFile === true || replaceOnlySha256 !== undefined;
}

/** `precondition-failed` unless they hold for the newest file of that name, which `null` = there is none. */
export function checkConditions(conditions: UploadConditions, sha256: string | null, fileName: string): void {
  const { refuseExistingFile, replaceOnlySha256 } = conditions;
  if (refuseExistingFile === true && sha256 !== null) {
    throw problem('precondition-failed', `The file ${fileName} exists already.`);
  }
  if (replaceOnlySha256 === undefined || replaceOnlySha256 === sha256) return;
  if (sha256 === null || replaceOnlySha256 !== '*') {
    throw problem('precondition-failed', `The file ${fileName} is not the one that If-Match names.`);
  }
}
