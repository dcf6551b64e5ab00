import { redactTarget } from './redact.ts';

/** What is told of one answered request. */
export interface RequestRecord {
  readonly method: string;
  /** As it came over the wire; secrets are taken out here. */
  readonly target: string;
  readonly status: number;
  /** Bytes of the answer's body. */
  readonly bytes: number;
  readonly milliseconds: number;
  /** `anonymous`, `user:alice`, `deploy-token:7`. */
  readonly caller: string;
  readonly requestId: string;
  /** Address of the client. */
  readonly remote?: string | undefined;
}

// Everything that JSON must escape, and the line and paragraph separators that some readers take for line ends.
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const needsEscape = /["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/;

function quoted(text: string): string {
  return needsEscape.test(text) ? escaped(text) : `"${text}"`;
}

function escaped(text: string): string {
  // oxlint-disable-next-line no-control-regex -- terminals act upon C1 control characters, which JSON leaves as they are
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/**
 * One log line in the form pino writes, put together by hand: it runs for each request. Ends with a line feed. `worker` is
 * the number of the process, where there are several.
 */
export function requestLine(record: RequestRecord, now: number, worker?: number): string {
  const process = worker === undefined ? '' : `,"worker":${worker}`;
  const remote = record.remote === undefined ? '' : `,"remote":${quoted(record.remote)}`;
  return `{"level":30,"time":${now}${process},"msg":"request","method":${quoted(record.method)},"url":${quoted(
    redactTarget(record.target),
  )},"status":${record.status},"bytes":${record.bytes},"ms":${Math.round(record.milliseconds * 10) / 10},"caller":${quoted(
    record.caller,
  )},"requestId":${quoted(record.requestId)}${remote}}\n`;
}
