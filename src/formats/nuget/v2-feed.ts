import { problem } from '../../problems/problem.ts';
import type { FormatRequest, PlainReply, RegistryPort } from '../format.ts';
import { readVersion } from './names.ts';
import { atomEntry, atomFeed, type V2Page } from './v2-atom.ts';
import { packageOf } from './v2-contents.ts';
import { jsonEntry, jsonFeed } from './v2-json.ts';
import { readQuery, textIn, type V2Query } from './v2-query.ts';
import { rowsOf } from './v2-row.ts';
import { countDownloads, select, type V2Selection } from './v2-select.ts';
import { openSource } from './v2-sources.ts';

const version = { dataserviceversion: '2.0;' };

/** `GET /v2/Packages()`, `GET /v2/FindPackagesById()`, `GET /v2/Search()` and the like. */
export async function feed(name: string, request: FormatRequest, registry: RegistryPort): Promise<PlainReply> {
  const query = readQuery(request);
  const selection = await select(registry, openSource(name, request, registry, query), query, request.base);
  const page = pageOf(name, request, registry, query, selection);
  return query.json ? { status: 200, headers: version, body: jsonFeed(page) } : atomReply('feed', atomFeed(page));
}

/** `GET /v2/Packages()/$count`: a number and nothing else. */
export async function count(name: string, request: FormatRequest, registry: RegistryPort): Promise<PlainReply> {
  const query = { ...readQuery(request), count: true, order: [], skip: 0, top: 0 };
  const selection = await select(registry, openSource(name, request, registry, query), query, request.base);
  return { status: 200, headers: version, body: String(selection.count) };
}

/** `GET /v2/Packages(Id='X',Version='1.0.0')`: one version, unlisted or not, whatever the client can read. */
export async function entity(key: string, request: FormatRequest, registry: RegistryPort): Promise<PlainReply> {
  const { id, version: wanted } = readKey(key);
  const { select: shown, json } = readQuery(request);
  const nuget = await packageOf(registry, id);
  const rows = nuget === null ? [] : rowsOf(nuget, true, request.base);
  const row = rows.find(({ entry }) => entry.parsed.key === wanted);
  if (row === undefined) throw problem('version-not-found', `There is no ${id} ${wanted} here.`);
  await countDownloads(registry, [row]);
  return json
    ? { status: 200, headers: version, body: jsonEntry(row, shown) }
    : atomReply('entry', atomEntry(row, shown));
}

/** `Id='X',Version='1.0.0'`, in any order. */
function readKey(text: string): { id: string; version: string } {
  const parts = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/(\w+)\s*=\s*('(?:[^']|'')*')/g))
    parts.set(name, textIn(value));
  const id = parts.get('Id');
  const wanted = parts.get('Version');
  if (id === undefined || wanted === undefined || parts.size !== 2) {
    throw problem('invalid-parameter', "A version is named so: Packages(Id='Package',Version='1.0.0').");
  }
  return { id, version: readVersion(wanted).key };
}

function pageOf(
  name: string,
  { base, query: parameters }: FormatRequest,
  registry: RegistryPort,
  query: V2Query,
  { rows, count: total, hasMore }: V2Selection,
): V2Page {
  const root = `${base}/v2`;
  const self = `${root}/${name}`;
  return {
    root,
    self,
    title: name,
    rows,
    count: query.count ? total : null,
    next: hasMore ? `${self}()?${nextParameters(parameters, query, rows.length)}` : null,
    select: query.select,
    now: registry.now(),
  };
}

/** The same question, further on. Spaces as `%20`: old clients take `+` for a plus. */
function nextParameters(parameters: URLSearchParams, { skip, top }: V2Query, shown: number): string {
  const next = new URLSearchParams(parameters);
  next.set('$skip', String(skip + shown));
  if (top !== null) next.set('$top', String(top - shown));
  return next.toString().replaceAll('+', '%20');
}

function atomReply(type: 'feed' | 'entry', body: string): PlainReply {
  return {
    status: 200,
    headers: { ...version, 'content-type': `application/atom+xml;type=${type};charset=utf-8` },
    body,
  };
}
