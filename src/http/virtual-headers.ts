import type { Format, Reply } from '../formats/format.ts';
import type { RegistryFoundation } from '../registry/foundation.ts';
import type { Trace } from '../registry/trace.ts';
import type { Exchange } from './exchange.ts';

/** What the headers are made of. */
export interface Traced {
  readonly registry: Pick<RegistryFoundation, 'traces' | 'now'>;
  readonly format: Format;
  readonly trace: Trace;
  /** The path below the mount. */
  readonly asked: string;
}

/** What an answer of a virtual registry says of how it was made: a number to ask about, and how old it may be. */
export function withTrace(reply: Reply, traced: Traced): Reply {
  if (traced.trace.steps.length === 0) return reply;
  return { ...reply, headers: { ...reply.headers, ...headersOf(traced) } };
}

/** The same for an error. */
export function markTrace({ response }: Exchange, traced: Traced): void {
  if (traced.trace.steps.length === 0 || response.headersSent) return;
  for (const [name, value] of Object.entries(headersOf(traced))) response.setHeader(name, value);
}

/** https://www.rfc-editor.org/rfc/rfc9111#name-age; `Warning` is obsolete, and still what tools show. */
function headersOf({ registry, format, trace, asked }: Traced): Record<string, string> {
  const headers: Record<string, string> = { 'x-packyard-trace': registry.traces.keep(trace, asked) };
  const age = trace.ageAt(registry.now());
  if (age !== null) headers['age'] = String(Math.floor(age / 1_000));
  const notices = trace.notices.map(headerText);
  const warnings = notices.map((notice) => `299 packyard "${notice.replaceAll(/["\\\\]/g, "'")}"`);
  if (trace.stale) warnings.unshift('111 packyard "Revalidation Failed"');
  if (warnings.length > 0) headers['warning'] = warnings.join(', ');
  const noticeHeader = format.upstream?.noticeHeader;
  if (noticeHeader !== undefined && notices.length > 0) {
    headers[noticeHeader] = notices.join(' ');
    // npm prints it of answers alone that it may not keep.
    headers['cache-control'] = 'private, no-store';
  }
  return headers;
}

/** Printable ASCII: summaries of advisories are in any script. */
function headerText(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[^\u0020-\u007e]+/g, '?')
    .slice(0, 500);
}
