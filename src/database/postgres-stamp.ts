/**
 * Which transactions a new statement would see. It changes with every commit, by whichever process, and never comes back;
 * the server's start tells one server from the next. https://www.postgresql.org/docs/current/functions-info.html
 */
export const stateQuery = 'select txid_current_snapshot()::text || pg_postmaster_start_time()::text as state';

/** Numbers the states of the database, with one look at a time for all who ask while the one before is under way. */
export class SharedStamp {
  readonly #look: () => Promise<string>;
  #state = '';
  #number = 0;
  #underWay: Promise<unknown> = Promise.resolve();
  #next: Promise<number> | null = null;

  constructor(look: () => Promise<string>) {
    this.#look = look;
  }

  /** Of a look that begins after the call. */
  ask(): Promise<number> {
    this.#next ??= this.#lookNext();
    return this.#next;
  }

  async #lookNext(): Promise<number> {
    await this.#underWay;
    const looking = this.#look();
    // Whoever asks from here on may want to know of something that this look does not see.
    this.#next = null;
    this.#underWay = looking.catch(() => undefined);
    const state = await looking;
    if (state !== this.#state) {
      this.#state = state;
      this.#number += 1;
    }
    return this.#number;
  }
}
