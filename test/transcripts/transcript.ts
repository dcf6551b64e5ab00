/**
 * Wire exchanges as text. A file holds exchanges in order, `===` between them: request line, headers, blank line, body;
 * then `--- ` and the status, headers, blank line, body. What differs from run to run stands as a placeholder.
 */

export interface Message {
  readonly start: string;
  readonly headers: readonly (readonly [string, string])[];
  /** JSON is indented, so that a diff shows the line that changed. */
  readonly body: string;
}

export interface Exchange {
  readonly request: Message;
  readonly response: Message;
}

const between = '\n\n===\n\n';
const answers = '\n--- ';

export function parseTranscript(text: string): Exchange[] {
  return text
    .replace(/^#.*\n/gm, '')
    .trim()
    .split(between)
    .map((exchange) => {
      const [request = '', response = ''] = exchange.split(answers);
      return { request: parseMessage(request), response: parseMessage(response) };
    });
}

function parseMessage(text: string): Message {
  const [head = '', ...rest] = text.trim().split('\n\n');
  const [start = '', ...lines] = head.split('\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)] as const;
  });
  return { start, headers, body: rest.join('\n\n') };
}

export function formatTranscript(title: string, exchanges: readonly Exchange[]): string {
  const texts = exchanges.map(
    ({ request, response }) => `${formatMessage(request)}\n${answers.slice(1)}${formatMessage(response)}`,
  );
  return `# ${title}\n${texts.join(between)}\n`;
}

function formatMessage({ start, headers, body }: Message): string {
  const head = [start, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\n');
  return body === '' ? head : `${head}\n\n${body}`;
}

/** Request headers that say something; the others are the client's noise. */
const requestHeaders = [
  'accept',
  'authorization',
  'content-range',
  'private-token',
  'content-type',
  'content-encoding',
  'if-none-match',
  'npm-command',
  'x-nuget-apikey',
  'range',
];
const responseHeaders = [
  'content-type',
  'content-range',
  'etag',
  'vary',
  'www-authenticate',
  'retry-after',
  'x-checksum-sha256',
  'x-terraform-get',
];

export function tellingHeaders(
  headers: Iterable<readonly [string, string]>,
  of: 'request' | 'response',
): (readonly [string, string])[] {
  const telling = of === 'request' ? requestHeaders : responseHeaders;
  return [...headers]
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => telling.includes(name))
    .sort(([a], [b]) => a.localeCompare(b));
}

/** Indents JSON, counts what isn't text. */
export function readable(bytes: Buffer): string {
  if (bytes.length === 0) return '';
  const text = bytes.toString('utf8');
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // oxlint-disable-next-line no-control-regex
    return /[\u0000-\u0008\ufffd]/.test(text) ? `<${bytes.length} bytes>` : text.trim();
  }
}

/** Values of one run as placeholders: where the server is, tokens, times, revisions, signatures, ETags. */
export function normalise(
  text: string,
  run: { readonly origin: string; readonly tokens: ReadonlyMap<string, string> },
): string {
  let normal = text.replaceAll(run.origin, '<origin>').replaceAll(run.origin.replace(/^https?:\/\//, ''), '<host>');
  for (const [name, token] of run.tokens) normal = normal.replaceAll(token, `<${name}>`);
  return (
    normal
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>')
      .replace(/"_rev": "\d+-[0-9a-f]{32}"/g, '"_rev": "<rev>"')
      .replace(/-rev\/\d+-[0-9a-f]{32}/g, '-rev/<rev>')
      .replace(/"rev": "\d+-[0-9a-f]{32}"/g, '"rev": "<rev>"')
      .replace(/(?<=^|^etag: |^if-none-match: )(?:W\/)?"[A-Za-z0-9_-]{27}"$/gm, '<etag>')
      .replace(/pky[a-z]_[A-Za-z0-9]{20,}/g, '<token>')
      .replace(/"(?:token|hint)": "pky[^"]*"/g, '"token": "<token>"')
      .replace(/([?&]token=)\d+-[at]\d+-\d+-[A-Za-z0-9_-]{43}/g, '$1<ticket>')
      .replace(/SHA256:[A-Za-z0-9+/]{43}/g, '<key id>')
      .replace(/"sig": "[^"]+"/g, '"sig": "<signature>"')
      .replace(/"time": "[A-Z][a-z]{2}, [^"]+"/g, '"time": "<time>"')
      // Downloads are counted a little later.
      .replace(/(<d:(?:Version)?DownloadCount [^>]*>)\d+/g, '$1<count>')
      .replace(/"(downloads|totalDownloads)": \d+/g, '"$1": "<count>"')
  );
}
