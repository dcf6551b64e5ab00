import type { Log } from '../lib/log.ts';

export interface Supervision {
  /** Resolves at the first SIGTERM or SIGINT; rejects when an error was caught by nobody. */
  readonly stopped: Promise<void>;
  /** Takes the handlers off again. */
  end(): void;
}

const signals = ['SIGTERM', 'SIGINT'] as const;

/**
 * Turns signals and uncaught errors into an orderly stop. A second signal, or a second error, ends the process at once:
 * whatever made the stop hang, the person at the keyboard wins.
 */
export function superviseProcess(log: Log): Supervision {
  const { promise, resolve, reject } = withResolvers();
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.logger.info({ signal }, 'stopping');
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
