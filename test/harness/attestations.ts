/** An attestation as https://packaging.python.org/en/latest/specifications/index-hosted-attestations/ wants it, signed by nobody. */
export function attestation(about: {
  readonly name: string;
  readonly sha256: string;
  readonly type?: string;
  readonly predicateType?: string;
}): Record<string, unknown> {
  const statement = {
    _type: about.type ?? 'https://in-toto.io/Statement/v1',
    subject: [{ name: about.name, digest: { sha256: about.sha256 } }],
    predicateType: about.predicateType ?? 'https://docs.pypi.org/attestations/publish/v1',
    predicate: null,
  };
  return {
    version: 1,
    verification_material: { certificate: 'AAAA', transparency_entries: [{ logIndex: '1' }] },
    envelope: { statement: Buffer.from(JSON.stringify(statement)).toString('base64'), signature: 'AAAA' },
  };
}
