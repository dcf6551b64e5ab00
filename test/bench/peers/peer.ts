import type { ServerProcess } from '../machine/processes.ts';
import type { BenchVersion } from '../packages.ts';
import type { PeerId } from '../results.ts';

export type Form = 'abbreviated' | 'full';

/** A server under load. Every URL of it is on the loopback interface. */
export interface Peer {
  readonly id: PeerId;
  readonly process: ServerProcess;
  /** Value of `Authorization` for somebody who may read and publish everything; `null` where nobody is asked for it. */
  readonly authorization: string | null;
  packumentUrl(name: string, form: Form): string;
  tarballUrl(version: Pick<BenchVersion, 'name' | 'version'>): string;
}

/** A server that can be published to as npm does. */
export interface Registry extends Peer {
  readonly id: 'packyard' | 'verdaccio';
  readonly authorization: string;
  publishUrl(name: string): string;
}
