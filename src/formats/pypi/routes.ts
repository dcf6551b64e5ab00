import type { IncomingHttpHeaders } from 'node:http';
import { isMultipart } from '../../lib/multipart.ts';
import type { MountScope, Needs, Route } from '../format.ts';
import { getFile } from './file-download.ts';
import { getProjectPage } from './simple-page.ts';
import { getRootIndex } from './root-index.ts';
import { upload } from './upload.ts';
import { refuseOtherPosts } from './xml-rpc.ts';

const readable: readonly MountScope[] = ['project', 'group'];
const read = { needs: 'read', scopes: readable, scopeHint: 'Use the URL of a project or group.' } as const;

/** Earlier routes win. */
export const routes: readonly Route[] = [
  {
    method: 'POST',
    path: '/',
    needs: 'publish',
    needsOf: uploadNeeds,
    scopes: ['project'],
    scopeHint: 'Upload to a project: /api/v4/projects/<id>/packages/pypi.',
    handler: (request, registry) =>
      isMultipart(request.headers['content-type']) ? upload(request, registry) : refuseOtherPosts(request),
  },
  { ...read, method: 'GET', path: '/simple', handler: getRootIndex },
  { ...read, method: 'GET', path: '/simple/:name', handler: getProjectPage },
  { ...read, method: 'GET', path: '/files/:sha256/:filename', handler: getFile },
];

/** What is no upload is refused to everybody alike. */
function uploadNeeds(headers: IncomingHttpHeaders): Needs {
  return isMultipart(headers['content-type']) ? 'publish' : 'nothing';
}
