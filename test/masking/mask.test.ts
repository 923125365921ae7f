import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mask } from '../../src/masking/mask.ts';

const token = 'tk-9f2c/41+Zq=7788/aXd';

function maskOf(...secrets: string[]): Mask {
  const mask = new Mask();
  for (const secret of secrets) mask.add(secret);
  return mask;
}

/** `%2f` in place of `%2F`. */
function lowerHex(encoded: string): string {
  return encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

const everyByte = (encode: (code: string) => string) =>
  [...Buffer.from(token)].map((byte) => encode(byte.toString(16).padStart(2, '0'))).join('');

describe('a secret is masked', () => {
  it.each<[string, string]>([
    ['as it is', token],
    ['in other letters', token.toUpperCase()],
    ['URL-encoded', encodeURIComponent(token)],
    ['URL-encoded with lower-case hex', lowerHex(encodeURIComponent(token))],
    ['URL-encoded to the last byte', everyByte((code) => `%${code}`)],
    ['URL-encoded twice', encodeURIComponent(encodeURIComponent(token))],
    ['in JSON', JSON.stringify(token).slice(1, -1)],
    ['in JSON with escaped slashes', token.replaceAll('/', '\\/')],
    ['in JSON by code points', everyByte((code) => `\\u00${code}`)],
    ['in HTML', token.replaceAll('/', '&#x2F;').replaceAll('+', '&#43;')],
    ['in base64', Buffer.from(token).toString('base64')],
    ['in base64url', Buffer.from(token).toString('base64url')],
    ['in base64 within a URL', encodeURIComponent(Buffer.from(token).toString('base64'))],
  ])('%s', (_how, form) => {
    const masked = maskOf(token).text(`before ${form} after`);
    expect(masked).toBe('before [secret] after');
  });

  it.each([0, 1, 2, 3, 4])('in base64 behind %i other bytes', (before) => {
    for (const behind of ['', ':', ':x', ':xy']) {
      const text = Buffer.from(`${'u'.repeat(before)}${token}${behind}`).toString('base64');
      expectNothingLeft(maskOf(token).text(`Basic ${text}`), text);
    }
  });

  it('with blanks as + and %20', () => {
    const phrase = 'correct horse battery';
    const mask = maskOf(phrase);
    expect(mask.text('a=correct+horse+battery&b=correct%20horse%20battery')).toBe('a=[secret]&b=[secret]');
  });

  it('beyond ASCII', () => {
    const mask = maskOf('pässwörd-ü€😀');
    expect(mask.text(encodeURIComponent('pässwörd-ü€😀'))).toBe('[secret]');
    expect(mask.text('p\\u00e4ssw\\u00F6rd-\\u00fc\\u20ac\\ud83d\\ude00')).toBe('[secret]');
  });

  it('that contains another one', () => {
    expect(maskOf('abcdef', 'abcdefghi').text('abcdefghi abcdef')).toBe('[secret] [secret]');
  });

  it('once more without a change', () => {
    const mask = maskOf('secret', token);
    const masked = mask.text(`secret and ${token}`);
    expect(masked).toBe('[secret] and [secret]');
    expect(mask.text(masked)).toBe(masked);
  });

  it('in any text, in any of its forms', () => {
    const secretText = fc
      .string({ minLength: 6, maxLength: 40 })
      .filter((text) => text.trim() === text && text.length >= 6);
    const forms = [
      (text: string) => text,
      encodeURIComponent,
      (text: string) => JSON.stringify(text).slice(1, -1),
      (text: string) => Buffer.from(text).toString('base64'),
    ];
    fc.assert(
      fc.property(secretText, fc.string(), fc.string(), fc.nat(3), (secret, before, behind, which) => {
        const form = forms[which]?.(secret) ?? '';
        const masked = maskOf(secret).text(`${before} ${form} ${behind}`);
        fc.pre(!'[secret]'.includes(secret.toLowerCase()));
        expect(masked).not.toContain(form);
        expect(masked).toContain('[secret]');
      }),
    );
  });
});

describe('a part of a secret', () => {
  it.each(Array.from({ length: token.length - 8 }, (_, index) => index + 8))(
    'cut after %i characters',
    (length) => {
      expect(maskOf(token).text(`Bearer ${token.slice(0, length)}… and`)).toBe('Bearer [secret]… and');
      expect(maskOf(token).text(`..${token.slice(-length)} and`)).toBe('..[secret] and');
    },
  );

  it.each([4, 5, 6, 7, 12])('of %i characters where a text was cut', (length) => {
    const mask = maskOf(token);
    for (const end of ['', '…', '..."}', '\n'])
      expect(mask.text(`Bearer ${token.slice(0, length)}${end}`, { mayBeCut: true })).toBe(
        `Bearer [secret]${end}`,
      );
    const encoded = Buffer.from(token).toString('base64').slice(0, length);
    expect(mask.text(`Basic ${encoded}`, { mayBeCut: true })).toBe('Basic [secret]');
  });
});

describe('what is no secret stays', () => {
  it.each<[string, string, string]>([
    ['where a short secret is part of a word', 'abc', 'abcd xabc 9abc'],
    ['where there is none', token, 'read 10 = accepted 9 + rejected 1 (100%) \\n &amp;'],
    [
      'where the end of one made of words is a word',
      'sandbox-application',
      'the application: MOESIF_APPLICATION_ID',
    ],
    ['where a word goes on in another way', 'sandbox-4711-token-99', 'sandbox-4712'],
    ['where the beginning of a short one is a word', 'database-pw', 'the database is gone'],
  ])('%s', (_where, secret, text) => {
    expect(maskOf(secret).text(text)).toBe(text);
  });

  it('without secrets', () => {
    expect(maskOf('').text('anything at all')).toBe('anything at all');
  });

  it('and a short secret is masked where it stands alone', () => {
    expect(maskOf('abc').text('user:abc@host, abc.')).toBe('user:[secret]@host, [secret].');
  });
});

describe('a secret that is concealed', () => {
  it('is put back by who knows it, and by nobody else', () => {
    const mask = maskOf('other-one', token);
    const text = `import-${token}-other-one-${encodeURIComponent(token)}`;
    const concealed = mask.conceal(text);
    expect(concealed).toBe('import-[secret:2]-[secret:1]-[secret]');
    expect(mask.text(concealed)).toBe(concealed);
    expect(maskOf('secret').text(concealed)).toBe(concealed);
    expect(mask.reveal(concealed)).toBe(`import-${token}-other-one-[secret]`);
    expect(maskOf().reveal(concealed)).toBe(concealed);
  });
});

describe('JSON', () => {
  it('stays JSON, numbers and short names of members included', () => {
    const mask = maskOf('123456', 'exit-7', 'says', 'accepted');
    const text = mask.json('{"bytes":1234567,"token":123456,"accepted":0,"says":"123456 exit-7"}\n');
    expect(text).toBe('{"bytes":1234567,"token":"[secret]","accepted":0,"says":"[secret] [secret]"}\n');
  });

  it('is masked in names of members', () => {
    expect(maskOf(token).json(JSON.stringify({ [token]: 1 }))).toBe('{"[secret]":1}');
  });

  it('is masked line by line', () => {
    expect(maskOf(token).json(`{"a":"${token}"}\nno JSON ${token}\n`)).toBe(
      '{"a":"[secret]"}\nno JSON [secret]\n',
    );
  });

  it('too deep to be read is masked as text', () => {
    const depth = 200_000;
    const text = `${'['.repeat(depth)}"${token}"${']'.repeat(depth)}`;
    expect(maskOf(token).json(text)).not.toContain(token);
  });
});

describe('secrets of many uses', () => {
  const secretOf = (use: number) => `tok-${use}-0f-ma11y-uses`;

  it('are forgotten, but for those of uses under way and the latest', () => {
    const mask = new Mask();
    const endLong = mask.use();
    mask.add('tok-long-1as7ing');
    for (let use = 1; use <= 300; use += 1) {
      const end = mask.use();
      mask.add(secretOf(use));
      // Whoever uses it again holds it anew.
      mask.add(secretOf(1));
      end();
    }
    expect(mask.text(secretOf(2))).toBe('[secret]');
    endLong();
    endLong();
    for (const kept of [1, 202, 300]) expect(mask.text(secretOf(kept))).toBe('[secret]');
    for (const gone of ['tok-long-1as7ing', secretOf(2)]) expect(mask.text(gone)).not.toBe('[secret]');
  });

  it('are never restored as others', () => {
    const mask = new Mask();
    for (let use = 0; use < 120; use += 1) mask.add(secretOf(use));
    const concealed = mask.conceal(secretOf(119));
    mask.use()();
    expect(mask.reveal(concealed)).toBe(secretOf(119));
    expect(mask.reveal('[secret:1]')).toBe('[secret:1]');
  });
});

/** No base64 digit that says anything of the token is left. */
function expectNothingLeft(masked: string, encoded: string): void {
  const left = masked.replace('Basic ', '').split('[secret]');
  expect(masked).toContain('[secret]');
  const lost = encoded.length - left.join('').length;
  expect(lost).toBeGreaterThanOrEqual(Math.floor((token.length * 8) / 6));
}
