import { problem } from '../../problems/problem.ts';
import type { FormatRequest, Reply } from '../format.ts';

const message = 'Packyard offers no search by XML-RPC. Use pip index versions NAME, or look at the simple index.';

/** A fault, which `pip search` prints; any other status it would print as a number. */
const fault = `<?xml version="1.0"?>
<methodResponse><fault><value><struct>
<member><name>faultCode</name><value><int>-32601</int></value></member>
<member><name>faultString</name><value><string>${message}</string></value></member>
</struct></value></fault></methodResponse>
`;

/** `POST /` with another body than a form: `pip search` sends its XML-RPC to the URL of uploads. */
export function refuseOtherPosts({ headers }: FormatRequest): Promise<Reply> {
  const type = headers['content-type'] ?? '';
  if (/^(?:text|application)\/xml\b/i.test(type)) {
    return Promise.resolve({ status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body: fault });
  }
  throw problem('unsupported-media-type', 'Uploads are multipart/form-data forms with a file named content.');
}
