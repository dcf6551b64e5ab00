import { generatePassword } from '../../access/passwords.ts';
import { CommandFailed } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';

export interface PasswordOptions {
  readonly passwordStdin?: boolean;
}

/** The password to set, and whether it must be printed because nobody knows it yet. */
export async function choosePassword(
  terminal: Terminal,
  { passwordStdin }: PasswordOptions,
): Promise<{ readonly password: string; readonly generated: boolean }> {
  if (passwordStdin !== true) return { password: generatePassword(), generated: true };
  const password = await terminal.readInput();
  if (password === '') throw new CommandFailed('stdin holds no password.', 2);
  return { password, generated: false };
}
