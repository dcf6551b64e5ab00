import type { IncomingHttpHeaders } from 'node:http';
import { isMultipart } from '../../lib/multipart.ts';
import { problem } from '../../problems/problem.ts';
import type { FormatRequest, MountScope, Needs, Reply, Route } from '../format.ts';
import { getFile } from './file-download.ts';
import { getProjectJson, getReleaseJson } from './project-json-page.ts';
import { getProjectPage, pageElsewhere } from './simple-page.ts';
import { getRootIndex } from './root-index.ts';
import { upload } from './upload.ts';
import { refuseOtherPosts } from './xml-rpc.ts';

const readable: readonly MountScope[] = ['project', 'group', 'virtual'];
const read = { needs: 'read', scopes: readable, scopeHint: 'Use the URL of a project or group.' } as const;

const uploadHint = 'Upload to a project: /api/v4/projects/<id>/packages/pypi.';

/** Earlier routes win. */
export const routes: readonly Route[] = [
  {
    method: 'POST',
    path: '/',
    needs: 'publish',
    needsOf: uploadNeeds,
    scopes: ['project'],
    scopeHint: uploadHint,
    handler: (request, registry) =>
      isMultipart(request.headers['content-type']) ? upload(request, registry) : refuseOtherPosts(request),
  },
  { method: 'POST', path: '/', needs: 'nothing', scopes: ['group'], handler: postToGroup },
  { ...read, method: 'GET', path: '/simple', handler: getRootIndex },
  { ...read, method: 'GET', path: '/simple/:name', elsewhere: pageElsewhere, handler: getProjectPage },
  { ...read, method: 'GET', path: '/pypi/:name/json', handler: getProjectJson },
  { ...read, method: 'GET', path: '/pypi/:name/:version/json', handler: getReleaseJson },
  { ...read, method: 'GET', path: '/files/:sha256/:filename', handler: getFile },
];

/** What is no upload is refused to everybody alike. */
function uploadNeeds(headers: IncomingHttpHeaders): Needs {
  return isMultipart(headers['content-type']) ? 'publish' : 'nothing';
}

function postToGroup(request: FormatRequest): Promise<Reply> {
  if (isMultipart(request.headers['content-type'])) throw problem('method-not-allowed', uploadHint);
  return refuseOtherPosts(request);
}
