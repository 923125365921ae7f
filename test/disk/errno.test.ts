import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { localFailure, systemCode, withFailureContext, withHint } from '../../src/disk/errno.ts';
import { Failure } from '../../src/failure.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: words of the system`), { code, syscall: 'write' });
}

describe('what the system says', () => {
  it.each([
    ['ENOSPC', 'cannot write a.csv: the disk is full (ENOSPC)'],
    ['EACCES', 'cannot write a.csv: permission denied (EACCES)'],
    ['EROFS', 'cannot write a.csv: the file system is read-only (EROFS)'],
    ['EPIPE', 'cannot write a.csv: whoever read the output has gone (EPIPE)'],
    ['EUNHEARDOF', 'cannot write a.csv: the system refused (EUNHEARDOF)'],
  ])('%s', (code, message) => {
    expect(localFailure('write a.csv', systemError(code))).toMatchObject({ kind: 'local', message });
  });

  it('says what lifts a limit of the process, for which no other place would do', () => {
    expect(localFailure('open a.csv', systemError('EMFILE')).hint).toContain('ulimit -n');
    expect(localFailure('write a.csv', systemError('EFBIG')).hint).toContain('ulimit -f');
    expect(localFailure('write a.csv', systemError('EACCES')).hint).toBeUndefined();
  });

  it('takes a hint where it has none', () => {
    const denied = localFailure('write a.csv', systemError('EACCES'));
    expect(withHint(denied, 'elsewhere')).toMatchObject({ message: denied.message, hint: 'elsewhere' });
    const limit = localFailure('open a.csv', systemError('EMFILE'));
    expect(withHint(limit, 'elsewhere')).toBe(limit);
    const locked = new Failure('locked', 'another run is at work');
    expect(withHint(locked, 'elsewhere')).toBe(locked);
  });

  it('of which libuv knows the number only', () => {
    const words = `Unknown system error -${constants.errno.EDQUOT}`;
    const thrown = Object.assign(new Error(`${words}: ${words}, write`), {
      code: words,
      errno: -constants.errno.EDQUOT,
    });
    const message = 'cannot write a.csv: the disk quota is used up (EDQUOT)';
    expect(localFailure('write a.csv', thrown)).toMatchObject({ kind: 'local', message });
  });

  it('passes a failure on as it is', () => {
    const failure = new Failure('locked', 'another run is at work');
    expect(localFailure('write a.csv', failure)).toBe(failure);
  });

  it.each([
    [new Error('odd'), 'cannot write a.csv: odd', undefined],
    ['text', 'cannot write a.csv: text', undefined],
    [
      Object.assign(new Error('bad call'), { code: 'ERR_INVALID_ARG' }),
      'cannot write a.csv: bad call',
      undefined,
    ],
  ])('%s is no system error', (thrown, message, code) => {
    expect(localFailure('write a.csv', thrown).message).toBe(message);
    expect(systemCode(thrown)).toBe(code);
  });

  it('keeps the cause', async () => {
    const failing = withFailureContext('read it', () => readFile('/nowhere/at/all'));
    await expect(failing).rejects.toMatchObject({
      message: 'cannot read it: no such file or directory (ENOENT)',
      cause: expect.objectContaining({ code: 'ENOENT' }) as unknown,
    });
  });
});
