import { Problem, problem } from '../../problems/problem.ts';
import type { FormatRequest, Handler, PlainReply, RegistryPort, Reply, Route } from '../format.ts';
import { sendPackage } from './download.ts';
import { relist, remove } from './listing.ts';
import { nameOf, readVersion, versionNameOf } from './names.ts';
import { nugetProblem } from './problem.ts';
import { push } from './push.ts';
import { packageIds, packageVersions } from './v2-completion.ts';
import { count, entity, feed } from './v2-feed.ts';
import { newestOf, packageOf } from './v2-contents.ts';
import { metadataDocument, serviceDocument } from './v2-metadata.ts';
import { Xml, xml } from '../../lib/xml-writer.ts';

const xmlType = 'application/xml;charset=utf-8';
const declaration = new Xml('<?xml version="1.0" encoding="utf-8"?>');
const metadataNamespace = 'http://schemas.microsoft.com/ado/2007/08/dataservices/metadata';

/**
 * The V2 feed: OData 2 as Chocolatey, PowerShell, Visual Studio and nuget.exe ask it.
 * https://github.com/NuGet/Home/wiki/NuGet-v2-API
 */
export const v2Routes: readonly Route[] = [
  { method: 'GET', path: '/v2', needs: 'read', handler: root },
  { method: 'GET', path: '/v2/package-ids', needs: 'read', handler: odata(packageIds) },
  { method: 'GET', path: '/v2/package-versions/:id', needs: 'read', handler: odata(packageVersions) },
  { method: 'GET', path: '/v2/package/:id', needs: 'read', handler: newest },
  { method: 'GET', path: '/v2/package/:id/:version', needs: 'read', handler: version },
  { method: 'GET', path: '/v2/:resource', needs: 'read', handler: odata(resource) },
  { method: 'GET', path: '/v2/:resource/$count', needs: 'read', handler: odata(resourceCount) },
  { method: 'PUT', path: '/v2', needs: 'publish', scopes: ['project'], handler: push },
  { method: 'PUT', path: '/v2/package', needs: 'publish', scopes: ['project'], handler: push },
  { method: 'DELETE', path: '/v2/package/:id/:version', needs: 'delete', scopes: ['project'], handler: remove },
  { method: 'POST', path: '/v2/package/:id/:version', needs: 'delete', scopes: ['project'], handler: relist },
  { method: 'DELETE', path: '/v2/:id/:version', needs: 'delete', scopes: ['project'], handler: remove },
  { method: 'POST', path: '/v2/:id/:version', needs: 'delete', scopes: ['project'], handler: relist },
];

async function root({ base }: FormatRequest): Promise<Reply> {
  return { status: 200, headers: { 'content-type': xmlType }, body: serviceDocument(`${base}/v2`) };
}

/** `FindPackagesById()`, `Packages(Id='X',Version='1')`, `$metadata`: with brackets or without. */
const resourceForm = /^(?<name>\w+)(?:\((?<key>.*)\))?$/s;

async function resource(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  if (request.params['resource'] === '$metadata') {
    return { status: 200, headers: { 'content-type': xmlType }, body: metadataDocument() };
  }
  const { name, key } = readResource(request);
  return key.trim() === '' ? feed(name, request, registry) : entity(key, request, registry);
}

async function resourceCount(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  return count(readResource(request).name, request, registry);
}

function readResource({ params }: FormatRequest): { name: string; key: string } {
  const { name = '', key = '' } = resourceForm.exec(params['resource'] ?? '')?.groups ?? {};
  if (name === '' || (key !== '' && name.toLowerCase() !== 'packages')) {
    throw problem('not-found', 'The V2 feed has Packages, FindPackagesById(), Search() and GetUpdates().');
  }
  return { name, key };
}

/** `GET /v2/package/:id/:version`: the package itself. */
async function version({ params }: FormatRequest, registry: RegistryPort): Promise<Reply> {
  return sendPackage(registry, nameOf(params['id'] ?? ''), versionNameOf(readVersion(params['version'] ?? '')));
}

/** `GET /v2/package/:id`: its highest listed release, else the highest listed version. */
async function newest({ params }: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = nameOf(params['id'] ?? '');
  const nuget = await packageOf(registry, name.key);
  const found = nuget === null ? undefined : newestOf(nuget);
  if (found === undefined) throw problem('package-not-found', `There is no listed version of ${name.display} here.`);
  const reply = await sendPackage(registry, name, versionNameOf(found.parsed));
  return { ...reply, mutable: true };
}

/** Errors about what was asked as OData has them; the reason phrase says the same. Others, such as 401, stay as they are. */
function odata(handler: Handler): Handler {
  return async (request, registry) => {
    try {
      return await handler(request, registry);
    } catch (error) {
      if (error instanceof Problem && (error.status === 400 || error.status === 404)) return odataError(error);
      throw error;
    }
  };
}

function odataError(error: Problem): PlainReply {
  const { status, reason, headers } = nugetProblem(error);
  const message = error.reason === '' ? error.title : error.reason;
  return {
    status,
    ...(reason === undefined ? {} : { reason }),
    headers: { ...headers, 'content-type': xmlType },
    body: xml`${declaration}<error xmlns="${metadataNamespace}"><code>${error.code}</code><message xml:lang="en-US">${message}</message></error>`
      .text,
  };
}
