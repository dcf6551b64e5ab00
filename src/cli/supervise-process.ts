import type { Log } from '../lib/log.ts';

export interface Supervision {
  /** Resolves at the first SIGTERM or SIGINT, or at `stop`; rejects when an error was caught by nobody. */
  readonly stopped: Promise<void>;
  stop(): void;
  /** Takes the handlers off again. */
  end(): void;
}

const signals = ['SIGTERM', 'SIGINT'] as const;

export interface SupervisionOptions {
  /**
   * What a second signal does: it ends the process at once, because whatever made the stop hang, the person at the
   * keyboard wins. A worker leaves that to its primary: a terminal sends each signal to both of them.
   */
  readonly again: 'end' | 'ignore';
}

/** Turns signals and uncaught errors into an orderly stop. A second error ends the process at once. */
export function superviseProcess(log: Log, { again }: SupervisionOptions = { again: 'end' }): Supervision {
  const { promise, resolve, reject } = withResolvers();
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping && again === 'end') process.exit(1);
    if (stopping) return;
    log.logger.info({ signal }, 'stopping');
    stop();
  };
  const stop = (): void => {
    stopping = true;
    resolve();
  };
  const onError = (error: unknown): void => {
    log.logger.fatal({ err: error }, 'an error was caught by nobody; stopping');
    if (stopping) process.exit(1);
    stopping = true;
    reject(error);
  };
  for (const signal of signals) process.on(signal, onSignal);
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);
  // Whoever waits for it hears of it; nobody may be waiting yet.
  promise.catch(() => undefined);
  return {
    stopped: promise,
    stop,
    end() {
      for (const signal of signals) process.off(signal, onSignal);
      process.off('uncaughtException', onError);
      process.off('unhandledRejection', onError);
    },
  };
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve = (): void => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
