// Many clients of one file at once, in a process of their own, which cost little: each byte is compared with what it
// must be, and some clients take the SHA-256 too. Prints what they got, as JSON.
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { contentAt } from './crowd-content.ts';

export interface CrowdOrder {
  readonly url: string;
  readonly token: string;
  readonly clients: number;
  readonly size: number;
  /** So many of them take the SHA-256. */
  readonly hashing: number;
  /** The first goes away when it has got a first piece. */
  readonly firstLeaves?: boolean;
  /** Each stops at another place, until all have come that far. */
  readonly apart?: boolean;
}

export interface CrowdResult {
  /** Clients that got the whole file, and each byte of it right. */
  readonly right: number;
  /** Status and length of what the others got: `200 1234 wrong`, `502 60`, `200 77 broken`. */
  readonly others: readonly string[];
  readonly sha256: readonly string[];
}

const order = JSON.parse(process.argv[2] ?? '') as CrowdOrder;
const { hostname, port, pathname } = new URL(order.url);
/** Everybody's: what came is looked at before anything else comes. */
const shared = Buffer.alloc(256 * 1024);

interface Got {
  readonly status: string;
  readonly length: number;
  readonly right: boolean;
  readonly sha256: string | null;
}

let underWay = order.clients;
const stopped: Socket[] = [];

/** Lets all go on when none is under way any more. */
function oneLess(): void {
  underWay -= 1;
  if (underWay > 0) return;
  for (const socket of stopped.splice(0)) socket.resume();
}

function client(index: number): Promise<Got> {
  const hash = index < order.hashing ? createHash('sha256') : null;
  const leaves = order.firstLeaves === true && index === 0;
  let stopAt = order.apart === true ? (index * order.size) / order.clients : Infinity;
  let head = '';
  let at = 0;
  let right = true;
  return new Promise((resolve) => {
    const take = (bytes: Buffer): void => {
      right &&= bytes.equals(contentAt(at, bytes.length));
      hash?.update(bytes);
      at += bytes.length;
      if (leaves && at > 0) socket.destroy();
    };
    const goesOn = (): boolean => {
      if (at < stopAt) return true;
      stopAt = Infinity;
      stopped.push(socket);
      oneLess();
      return underWay <= 0;
    };
    const socket = connect({
      host: hostname,
      port: Number(port),
      onread: {
        buffer: shared,
        callback: (count) => {
          const bytes = shared.subarray(0, count);
          if (head.includes('\r\n\r\n')) take(bytes);
          else {
            const before = head.length;
            head += bytes.toString('latin1');
            const end = head.indexOf('\r\n\r\n');
            if (end >= 0) take(bytes.subarray(end + 4 - before));
            if (end >= 0) head = head.slice(0, end + 4);
          }
          return goesOn();
        },
      },
    });
    socket.on('error', () => undefined);
    socket.once('close', () =>
      resolve({
        status: head.slice(9, 12),
        length: at,
        right: right && at === order.size,
        sha256: hash?.digest('hex') ?? null,
      }),
    );
    socket.write(`GET ${pathname} HTTP/1.1\r\nhost: x\r\nprivate-token: ${order.token}\r\nconnection: close\r\n\r\n`);
  });
}

const all = await Promise.all(Array.from({ length: order.clients }, (_, index) => client(index)));
const got = order.firstLeaves === true ? all.slice(1) : all;
const result: CrowdResult = {
  right: got.filter(({ status, right }) => status === '200' && right).length,
  others: got
    .filter(({ status, right }) => status !== '200' || !right)
    .map(({ status, length }) => `${status} ${length}`),
  sha256: got.flatMap(({ right, sha256 }) => (right && sha256 !== null ? [sha256] : [])),
};
console.log(JSON.stringify(result));
