import { CommandFailed } from './invocation.ts';

const faults: Readonly<Record<string, string>> = {
  EACCES: 'may not be used by this user',
  EPERM: 'may not be used by this user',
  EROFS: 'lies on a disk that is mounted read-only',
  ENOTDIR: 'is no folder, or something above it is none',
  ENOSPC: 'lies on a disk that is full',
};

/** What a person can do about a folder or file of the data that can't be used; other errors are returned as they are. */
export function explainFolder(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return error;
  const fault = faults[String(error.code)];
  if (fault === undefined) return error;
  return new CommandFailed(`${String(error.path)} ${fault}. Set PACKYARD_DATA to a folder that this user may write.`);
}
