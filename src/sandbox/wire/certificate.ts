import { createHash, generateKeyPairSync, sign } from 'node:crypto';

/** A private key and a self-signed certificate for it, both as PEM. */
export interface SelfSigned {
  key: string;
  certificate: string;
}

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const BOOLEAN_TRUE = Buffer.from([0x01, 0x01, 0xff]);

/** From 2000 to 2099. RFC 5280 requires UTCTime before 2050 and GeneralizedTime after. */
const VALIDITY = encode(
  SEQUENCE,
  encode(UTC_TIME, Buffer.from('000101000000Z')),
  encode(GENERALIZED_TIME, Buffer.from('20991231235959Z')),
);

/**
 * Creates a certificate for `localhost` and 127.0.0.1. Node creates keys but no certificates, and a fixture
 * would ship a private key and would expire; so the few structures of RFC 5280 are written here.
 */
export function makeSelfSignedCertificate(): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKeyInfo = publicKey.export({ type: 'spki', format: 'der' });
  const signatureAlgorithm = encode(SEQUENCE, objectIdentifier('2a8648ce3d040302'));
  const content = encode(
    SEQUENCE,
    encode(0xa0, encode(INTEGER, Buffer.from([2]))),
    encode(INTEGER, serialNumber(publicKeyInfo)),
    signatureAlgorithm,
    commonName('scarf-cli sandbox'),
    VALIDITY,
    commonName('scarf-cli sandbox'),
    publicKeyInfo,
    encode(0xa3, encode(SEQUENCE, basicConstraints(), subjectAlternativeNames())),
  );
  const signature = sign('sha256', content, privateKey);
  const der = encode(SEQUENCE, content, signatureAlgorithm, encode(BIT_STRING, Buffer.from([0]), signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: toPem(der),
  };
}

function encode(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), encodeLength(body.length), body]);
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  return Buffer.from([0x82, length >> 8, length & 0xff]);
}

function objectIdentifier(hex: string): Buffer {
  return encode(OBJECT_IDENTIFIER, Buffer.from(hex, 'hex'));
}

function commonName(name: string): Buffer {
  const attribute = encode(SEQUENCE, objectIdentifier('550403'), encode(UTF8_STRING, Buffer.from(name)));
  return encode(SEQUENCE, encode(SET, attribute));
}

/** Positive, and different for every key: clients identify certificates by issuer and number. */
function serialNumber(publicKeyInfo: Buffer): Buffer {
  const digest = createHash('sha256').update(publicKeyInfo).digest();
  return Buffer.concat([Buffer.from([0x01]), digest.subarray(0, 15)]);
}

function basicConstraints(): Buffer {
  const isAuthority = encode(OCTET_STRING, encode(SEQUENCE, BOOLEAN_TRUE));
  return encode(SEQUENCE, objectIdentifier('551d13'), BOOLEAN_TRUE, isAuthority);
}

function subjectAlternativeNames(): Buffer {
  const names = encode(
    SEQUENCE,
    encode(0x82, Buffer.from('localhost')),
    encode(0x87, Buffer.from([127, 0, 0, 1])),
  );
  return encode(SEQUENCE, objectIdentifier('551d11'), encode(OCTET_STRING, names));
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
