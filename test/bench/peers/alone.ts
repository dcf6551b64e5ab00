import type { Peer } from './peer.ts';

/** Wakes one server for as long as `work` takes; the others stand still. */
export async function alone<T>(peer: Pick<Peer, 'process'>, work: () => Promise<T>): Promise<T> {
  peer.process.resume();
  try {
    return await work();
  } finally {
    peer.process.pause();
  }
}
