/** An archive that is broken, ambiguous or dangerous; the message is a sentence that says what is wrong with it. */
export class InvalidArchive extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidArchive';
  }
}
