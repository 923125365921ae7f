/** What `--shard` means, alone and with the variables of engines. */
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { checkShardText, resolveShard } from '../../src/shards/shard.ts';

const slurm = (id: number, [min, max, step, count]: readonly [number, number, number, number]) => ({
  SLURM_ARRAY_TASK_ID: String(id),
  SLURM_ARRAY_TASK_MIN: String(min),
  SLURM_ARRAY_TASK_MAX: String(max),
  SLURM_ARRAY_TASK_STEP: String(step),
  SLURM_ARRAY_TASK_COUNT: String(count),
});

describe('the text', () => {
  test.each(['0/1', '7/8', 'auto', 'auto/8', '999999/1000000'])('%s', (text) => {
    expect(checkShardText(text)).toBe(text);
  });

  test.each([
    '8/8',
    '-1/8',
    '1',
    '1/',
    '/8',
    'auto/0',
    '0/0',
    '1/2/3',
    '1.5/8',
    'AUTO',
    '',
    '0/1000001',
    ' 0/1',
  ])('not %j', (text) => {
    expect(() => checkShardText(text)).toThrow();
  });

  test('does not look at variables when it names the part', () => {
    expect(resolveShard('1/4', { JOB_COMPLETION_INDEX: '3' })).toEqual({ index: 1, of: 4 });
  });
});

describe('auto', () => {
  test.each<[string, string, Record<string, string>, { index: number; of: number }]>([
    ['Kubernetes', 'auto/8', { JOB_COMPLETION_INDEX: '7' }, { index: 7, of: 8 }],
    [
      'AWS Batch',
      'auto',
      { AWS_BATCH_JOB_ARRAY_INDEX: '0', AWS_BATCH_JOB_ARRAY_SIZE: '4' },
      { index: 0, of: 4 },
    ],
    ['Slurm', 'auto', slurm(5, [0, 7, 1, 8]), { index: 5, of: 8 }],
    ['Slurm, one task', 'auto', slurm(0, [0, 0, 1, 1]), { index: 0, of: 1 }],
    ['Slurm, a task that was submitted again', 'auto/8', slurm(3, [3, 3, 1, 1]), { index: 3, of: 8 }],
    ['Slurm, some that were', 'auto/8', slurm(5, [0, 5, 1, 3]), { index: 5, of: 8 }],
    ['CI, which counts from 1', 'auto', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '3' }, { index: 0, of: 3 }],
    ['the last of CI', 'auto', { CI_NODE_INDEX: '3', CI_NODE_TOTAL: '3' }, { index: 2, of: 3 }],
    ['GNU parallel, from 1', 'auto/8', { PARALLEL_SEQ: '8' }, { index: 7, of: 8 }],
    ['two that agree', 'auto/8', { PARALLEL_SEQ: '3', JOB_COMPLETION_INDEX: '2' }, { index: 2, of: 8 }],
    [
      'an engine that says the same number',
      'auto/3',
      { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '3' },
      { index: 1, of: 3 },
    ],
    [
      'variables that are empty',
      'auto/8',
      { SLURM_ARRAY_TASK_ID: '', PARALLEL_SEQ: '1' },
      { index: 0, of: 8 },
    ],
    [
      'a job of GitLab that is no matrix',
      'auto/2',
      { CI_NODE_TOTAL: '1', JOB_COMPLETION_INDEX: '1' },
      { index: 1, of: 2 },
    ],
  ])('%s', (_name, text, environment, shard) => {
    expect(resolveShard(text, environment)).toEqual(shard);
  });

  test.each<[string, string, Record<string, string>]>([
    ['no engine', 'auto', {}],
    ['no engine, with a number', 'auto/8', {}],
    ['Kubernetes, which has no total', 'auto', { JOB_COMPLETION_INDEX: '1' }],
    ['GNU parallel, which has none', 'auto', { PARALLEL_SEQ: '1' }],
    ['Slurm, a task that was submitted again', 'auto', slurm(3, [3, 3, 1, 1])],
    ['Slurm, tasks 0, 3 and 5', 'auto', slurm(3, [0, 5, 1, 3])],
    ['Slurm, from 1', 'auto', slurm(1, [1, 8, 1, 8])],
    ['Slurm, every second', 'auto', slurm(2, [0, 6, 2, 4])],
    ['Slurm without a count', 'auto', { SLURM_ARRAY_TASK_ID: '1' }],
    ['a part behind the last', 'auto/2', { JOB_COMPLETION_INDEX: '2' }],
    ['CI that counts from 0', 'auto', { CI_NODE_INDEX: '0', CI_NODE_TOTAL: '3' }],
    ['another number than the engine says', 'auto/4', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '3' }],
    ['two engines that differ', 'auto/8', { PARALLEL_SEQ: '2', JOB_COMPLETION_INDEX: '2' }],
    ['no number', 'auto/8', { JOB_COMPLETION_INDEX: 'first' }],
  ])('refuses %s', (_name, text, environment) => {
    const refused = () => resolveShard(text, environment);
    expect(refused).toThrow(Failure);
    expect(refused).toThrow(expect.objectContaining({ kind: 'usage' }) as Error);
  });
});
