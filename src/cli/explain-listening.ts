import { CommandFailed } from './invocation.ts';

/** What a person can do about an error of `listen`; other errors are returned as they are. */
export function explainListening(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') {
    return new CommandFailed(`Port ${port} of ${host} is taken. Stop the other program, or set PACKYARD_PORT.`);
  }
  if (code === 'EACCES')
    return new CommandFailed(`This user may not listen on port ${port}. Set PACKYARD_PORT above 1023.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new CommandFailed(`${host} is no address of this machine. Set PACKYARD_HOST.`);
  }
  if (typeof code === 'string' && code.startsWith('ERR_OSSL_')) {
    const reason = code.slice('ERR_OSSL_'.length).toLowerCase().replaceAll('_', ' ');
    return new CommandFailed(
      `PACKYARD_TLS_CERT and PACKYARD_TLS_KEY are no certificate with its key, in PEM: ${reason}.`,
    );
  }
  return error;
}
