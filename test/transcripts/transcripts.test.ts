import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { scenarios } from './scenarios.ts';
import { transcriptScene, type TranscriptScene } from './transcript-scene.ts';
import { sentBody } from './transcript-body.ts';
import { type Exchange, type Message, normalise, parseTranscript, readable, tellingHeaders } from './transcript.ts';

/**
 * Says what the real clients said when the transcripts were recorded, and expects the same answers. Bodies of publishes
 * are the recorded ones, tarballs included, so no client is needed.
 */
describe.each(scenarios)('$file', (scenario) => {
  test('is answered as recorded', async () => {
    const exchanges = parseTranscript(await readFile(new URL(`./${scenario.file}.http`, import.meta.url), 'utf8'));
    expect(exchanges.length).toBeGreaterThan(5);
    const scene = await transcriptScene(scenario);
    try {
      await replay(exchanges, scene);
    } finally {
      await scene.server.stop();
    }
  });
});

async function replay(exchanges: readonly Exchange[], scene: TranscriptScene): Promise<void> {
  const seen = { rev: '', etags: new Map<string, string>(), tickets: new Map<string, string>() };
  for (const { request, response } of exchanges) {
    const answer = await say(request, scene, seen);
    expect({ request: request.start, ...normalMessage(answer, scene) }).toEqual({
      request: request.start,
      ...response,
    });
    const rev = /"_rev": "(\d+-[0-9a-f]{32})"/.exec(answer.body)?.[1];
    if (rev !== undefined) seen.rev = rev;
    for (const [place, ticket] of ticketsIn(answer)) seen.tickets.set(place, ticket);
  }
}

function normalMessage({ start, headers, body }: Message, { server, tokens }: TranscriptScene): Message {
  const normal = (text: string): string => normalise(text, { origin: server.url, tokens });
  return { start, headers: headers.map(([name, value]) => [name, normal(value)] as const), body: normal(body) };
}

interface Seen {
  readonly rev: string;
  /** Last ETag of each URL and media type. */
  readonly etags: Map<string, string>;
  /** Last ticket for each download, by the end of its path. */
  readonly tickets: Map<string, string>;
}

const ticketForm = /([^"\s?/]+\/[^"\s?/]+)\?token=(\d+-[at]\d+-\d+-[A-Za-z0-9_-]{43})/g;

function ticketsIn({ headers, body }: Message): (readonly [string, string])[] {
  const text = `${headers.map(([, value]) => value).join('\n')}\n${body}`;
  return [...text.matchAll(ticketForm)].map(([, place = '', ticket = '']) => [place, ticket] as const);
}

/** A request line with the ticket of its file. */
function withTicket(start: string, { tickets }: Seen): string {
  const place = /([^?/]+\/[^?/]+)\?/.exec(start)?.[1] ?? '';
  return start.replace('<ticket>', tickets.get(place) ?? 'none');
}

/** Sends a recorded request with this run's values in the places of its placeholders. */
async function say(request: Message, scene: TranscriptScene, seen: Seen): Promise<Message> {
  const fill = (text: string): string =>
    [...scene.tokens]
      .reduce((filled, [name, token]) => filled.replaceAll(`<${name}>`, token), text)
      .replaceAll('<origin>', scene.server.url)
      .replaceAll('<host>', scene.server.url.replace('http://', ''))
      .replaceAll('<rev>', seen.rev);
  const [method = '', path = ''] = withTicket(fill(request.start), seen).split(' ');
  const accept = request.headers.find(([name]) => name === 'accept')?.[1] ?? '';
  const key = `${path}\n${accept}`;
  const headers = Object.fromEntries(
    request.headers
      .filter(([name]) => name !== 'content-encoding')
      .map(([name, value]) => [name, value === '<etag>' ? (seen.etags.get(key) ?? '"none"') : fill(value)]),
  );
  const body = sentBody(fill(request.body), headers['content-type'] ?? '');
  const answer = await send(`${scene.server.url}${path}`, method, headers, body);
  const etag = answer.headers.find(([name]) => name === 'etag')?.[1];
  if (etag !== undefined) seen.etags.set(key, etag);
  return answer;
}

function send(url: string, method: string, headers: Record<string, string>, body: Buffer): Promise<Message> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      url,
      { method, headers: { ...headers, 'accept-encoding': 'gzip' }, agent: false },
      (answer) => {
        buffer(answer).then((bytes) => {
          const gzipped = answer.headers['content-encoding'] === 'gzip' && bytes.length > 0;
          resolve({
            start: String(answer.statusCode),
            headers: tellingHeaders(Object.entries(answer.headers) as [string, string][], 'response'),
            body: readable(gzipped ? gunzipSync(bytes) : bytes),
          });
        }, reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body.length === 0 ? undefined : body);
  });
}
