/** Bytes that aren't the XML document they should be, or one that nobody honest sends; the message says why. */
export class InvalidXml extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidXml';
  }
}
