import { type Client, describeClient } from './client.ts';

/** A `describe` with the machine's Maven 3.8 or newer, a 3.9 and a 4: what holds for one of them need not for another. */
export function describeMavens(body: (mavens: readonly [Client, Client, Client]) => void): void {
  describeClient('mvn@machine', (machines) => {
    describeClient('mvn@3.9', (newer) => {
      describeClient('mvn@4', (newest) => body([machines, newer, newest]));
    });
  });
}
