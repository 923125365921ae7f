import { describe, expect, test } from 'vitest';
import { refuseContainer } from '../../src/sources/containers.ts';

const zip = (name: string) => Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(26), Buffer.from(name)]);

const tar = Buffer.alloc(512);
tar.write('rows.csv');
tar.write('ustar', 257);

describe('what is no rows is named, with the command that unpacks it', () => {
  test.each<[string, Buffer, string]>([
    ['gzip in gzip', Buffer.from([0x1f, 0x8b, 8]), 'gzip -dc'],
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 'zstd -dc'],
    ['pzstd', Buffer.from([0x50, 0x2a, 0x4d, 0x18]), 'zstd -dc'],
    ['bzip2', Buffer.from('BZh91AY&SY'), 'bzip2 -dc'],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), 'xz -dc'],
    ['ZIP', zip('a.csv'), 'unzip -p'],
    ['xlsx', zip('[Content_Types].xml'), 'in2csv'],
    ['Parquet', Buffer.from('PAR1\x15\x04'), 'duckdb'],
    ['tar', tar, 'tar -xOf'],
    ['Avro', Buffer.from('Obj\x01\x04'), 'avro-tools'],
    ['SQLite', Buffer.from('SQLite format 3\0'), 'sqlite3'],
    ['UTF-16', Buffer.from('\uFEFFa,b', 'utf16le'), 'convert it first: iconv -f UTF-16LE'],
    ['UTF-16', Buffer.from('\uFEFFa,b', 'utf16le').swap16(), '--encoding utf-16be'],
    ['UTF-16', Buffer.from('a,b\n1,2\n', 'utf16le'), '--encoding utf-16le'],
    ['UTF-16', Buffer.from('a,b\n1,2\n', 'utf16le').swap16(), 'iconv -f UTF-16BE'],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), 'UTF-32'],
    ['Git LFS', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n'), 'git lfs pull'],
    ['NUL bytes', Buffer.from('a,b\n1,\0\n'), 'convert it first: tr -d'],
  ])('%s', (_, head, command) => {
    let thrown: unknown;
    try {
      refuseContainer(head, 'rows');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ kind: 'usage' });
    expect((thrown as { hint: string }).hint).toContain(command);
  });

  test('Parquet without its beginning is damaged, and no text to mend', () => {
    const refuse = () => refuseContainer(Buffer.from('XAR1\x15\x04\0'), 'events.parquet');
    expect(refuse).toThrow(expect.objectContaining({ kind: 'usage', hint: 'get the file once more' }));
  });

  test.each(['', 'PAR1,PAR2\n', 'ORC,b\n', 'PK,name\n', 'a\n', '\u00ff\u00fe,b\n'])(
    'text such as %j is not',
    (text) => {
      refuseContainer(Buffer.from(text), 'rows');
    },
  );
});
