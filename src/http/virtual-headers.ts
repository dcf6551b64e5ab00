import type { Reply } from '../formats/format.ts';
import type { Trace } from '../registry/trace.ts';
import type { Exchange } from './exchange.ts';

/** What an answer of a virtual registry says of how it was made: a number to ask about, and how old it may be. */
export function withTrace(reply: Reply, trace: Trace): Reply {
  if (trace.steps.length === 0) return reply;
  return { ...reply, headers: { ...reply.headers, ...headersOf(trace) } };
}

/** The same for an error. */
export function markTrace({ response }: Exchange, trace: Trace): void {
  if (trace.steps.length === 0 || response.headersSent) return;
  for (const [name, value] of Object.entries(headersOf(trace))) response.setHeader(name, value);
}

/** https://www.rfc-editor.org/rfc/rfc9111#name-age; `Warning` is obsolete, and still what tools show. */
function headersOf(trace: Trace): Record<string, string> {
  const headers: Record<string, string> = { 'x-packyard-trace': trace.id };
  if (trace.age !== null) headers['age'] = String(Math.floor(trace.age / 1_000));
  if (trace.stale) headers['warning'] = '111 packyard "Revalidation Failed"';
  return headers;
}
