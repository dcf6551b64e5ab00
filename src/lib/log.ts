import type { Logger } from 'pino';
import { pino, stdSerializers } from 'pino';
import { LineWriter, sharedPipe } from './line-writer.ts';
import { prettyLine } from './pretty-line.ts';
import { redactFields } from './redact.ts';
import type { RequestRecord } from './request-line.ts';
import { requestLine } from './request-line.ts';

export type { RequestRecord } from './request-line.ts';

export interface LogOptions {
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** `auto`: pretty when the destination is a terminal. */
  readonly logFormat: 'auto' | 'json' | 'pretty';
  readonly requestLog: boolean;
  /** File descriptor to write to; 1 when left out. */
  readonly fd?: number;
  /** Which of several processes with one log this is; every line says so. */
  readonly worker?: number;
}

export interface Log {
  /** For everything but requests; Fastify takes it as its `loggerInstance`. */
  readonly logger: Logger;
  /** Logs an answered request: about a microsecond, nothing when switched off. */
  request(record: RequestRecord): void;
  /** Resolves when all lines so far have been written. The end of the process writes them too. */
  drain(): Promise<void>;
  /** `drain`, and no more hook at the end of the process: for tests, and servers that are stopped within one. */
  close(): Promise<void>;
}

/** Lines of requests are gathered (see `LineWriter`), all others go out at once. */
export function createLog(options: LogOptions): Log {
  const fd = options.fd ?? 1;
  const { worker } = options;
  const writer = new LineWriter(fd, worker === undefined ? {} : sharedPipe);
  const form = isPretty(options.logFormat, fd) ? prettyLine : (line: string) => line;
  const logger = pino(
    {
      level: options.logLevel,
      base: worker === undefined ? null : { worker },
      serializers: { err: (error: unknown) => redactFields(stdSerializers.err(error as Error)) },
      formatters: { log: (fields) => redactFields(fields) as Record<string, unknown> },
    },
    {
      write(line: string) {
        writer.write(form(line));
        writer.flush();
      },
    },
  );
  const flushSync = () => writer.flushSync();
  process.once('exit', flushSync);
  const logsRequests = options.requestLog && logger.isLevelEnabled('info');
  return {
    logger,
    request: logsRequests ? (record) => writer.write(form(requestLine(record, Date.now(), worker))) : () => {},
    drain: () => writer.drain(),
    close() {
      process.off('exit', flushSync);
      return writer.drain();
    },
  };
}

function isPretty(format: LogOptions['logFormat'], fd: number): boolean {
  if (format !== 'auto') return format === 'pretty';
  return fd === 2 ? process.stderr.isTTY : process.stdout.isTTY;
}
