import { type Metrics, metricsMediaType } from '../lib/metrics.ts';
import type { Exchange } from './exchange.ts';
import type { Readiness } from './readiness.ts';
import { sendPlain } from './send-plain.ts';

/**
 * `/-/health`, `/-/liveness`, `/-/readiness` and `/-/metrics`, GitLab's names. Outside the web framework, so that a probe
 * every second doesn't load it. `false` = another path.
 */
export function answerHealth(exchange: Exchange, readiness: Readiness, metrics: Metrics): boolean {
  const { method, url } = exchange.request;
  if ((method !== 'GET' && method !== 'HEAD') || url === undefined || !url.startsWith('/-/')) return false;
  const answer = answers.get(url);
  if (answer === undefined) return false;
  exchange.route = `GET ${url}`;
  answer(exchange, readiness, metrics).catch(() => exchange.response.destroy());
  return true;
}

type Answer = (exchange: Exchange, readiness: Readiness, metrics: Metrics) => Promise<void>;

const answers = new Map<string, Answer>([
  ['/-/health', async (exchange) => sendPlain(exchange, { status: 200, body: 'Packyard OK' })],
  ['/-/liveness', async (exchange) => sendPlain(exchange, { status: 200, body: { status: 'ok' } })],
  ['/-/readiness', answerReadiness],
  ['/-/metrics', answerMetrics],
]);

async function answerReadiness(exchange: Exchange, readiness: Readiness): Promise<void> {
  const failing = await readiness.failing();
  if (failing.length === 0) sendPlain(exchange, { status: 200, body: { status: 'ok' } });
  else sendPlain(exchange, { status: 503, body: { status: 'failed', failing } });
}

async function answerMetrics(exchange: Exchange, _readiness: Readiness, metrics: Metrics): Promise<void> {
  const body = await metrics.text();
  sendPlain(exchange, { status: 200, headers: { 'content-type': metricsMediaType }, body });
}
