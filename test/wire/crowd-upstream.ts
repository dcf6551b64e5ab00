// An upstream in a process of its own. Arguments: size, share of it that is sent. Prints its URL, then a line for each request.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { contentAt } from './crowd-content.ts';

const [size = 0, sent = size] = process.argv.slice(2).map(Number);

async function send(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-length': size });
  for (let at = 0; at < sent; ) {
    const chunk = contentAt(at, Math.min(256 * 1024, sent - at));
    if (!response.write(chunk)) await once(response, 'drain');
    at += chunk.length;
  }
  if (sent === size) response.end();
  else response.destroy();
}

const server = createServer((request, response) => {
  console.log(`GET ${request.url}`);
  void send(response);
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
