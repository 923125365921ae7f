/** The variables in which engines give a process the number of its part. One table; read only for `--shard auto`. */
import { Failure } from '../failure.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What an engine says, counted from 0 whatever the engine counts from. */
export interface PartNumber {
  index: number;
  /** How many parts there are; undefined when the engine does not say. */
  of?: number;
  /** Why it is not known, and what to do. */
  whyNoTotal?: string;
}

interface Engine {
  name: string;
  /** The variable with the number of the part. */
  index: string;
  /** Undefined when the process is not run by it. `given`: the number of parts, where the user said it. */
  partNumber(environment: Environment, given: number | undefined): PartNumber | undefined;
}

/**
 * Kubernetes: https://kubernetes.io/docs/tasks/job/indexed-parallel-processing-static/ (from 0, no total).
 * AWS Batch: https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html (from 0).
 * Slurm: https://slurm.schedmd.com/job_array.html. GitLab, as others: `parallel` counts from 1,
 * https://docs.gitlab.com/ci/yaml/#parallel. GNU parallel: `PARALLEL_SEQ` counts from 1 and has no total;
 * `PARALLEL_JOBSLOT` repeats and so names no part. All read 2026-11.
 */
export const ENGINES: readonly Engine[] = [
  {
    name: 'Kubernetes',
    index: 'JOB_COMPLETION_INDEX',
    partNumber: (environment) => partNumberOf(environment, { index: 'JOB_COMPLETION_INDEX', first: 0 }),
  },
  {
    name: 'AWS Batch',
    index: 'AWS_BATCH_JOB_ARRAY_INDEX',
    partNumber: (environment) =>
      partNumberOf(environment, {
        index: 'AWS_BATCH_JOB_ARRAY_INDEX',
        total: 'AWS_BATCH_JOB_ARRAY_SIZE',
        first: 0,
      }),
  },
  { name: 'Slurm', index: 'SLURM_ARRAY_TASK_ID', partNumber: partNumberInSlurm },
  {
    name: 'GitLab and other CI',
    index: 'CI_NODE_INDEX',
    partNumber: (environment) =>
      partNumberOf(environment, { index: 'CI_NODE_INDEX', total: 'CI_NODE_TOTAL', first: 1 }),
  },
  {
    name: 'GNU parallel',
    index: 'PARALLEL_SEQ',
    partNumber: (environment) => partNumberOf(environment, { index: 'PARALLEL_SEQ', first: 1 }),
  },
];

interface Variables {
  index: string;
  total?: string;
  /** The number of the first part. */
  first: 0 | 1;
}

function partNumberOf(environment: Environment, { index, total, first }: Variables): PartNumber | undefined {
  const number = countIn(environment, index);
  if (number === undefined) return undefined;
  if (number < first)
    throw new Failure('usage', `--shard auto: ${index} is ${number}, but it counts from ${first}`);
  const of = total === undefined ? undefined : countIn(environment, total);
  return { index: number - first, ...(of === undefined ? {} : { of }) };
}

/**
 * A resubmitted task (`sbatch --array=3`) has a COUNT of its own: 1, not 8. So COUNT is used only where the
 * array is 0 to COUNT-1 without gaps, and a number given by the user always.
 */
function partNumberInSlurm(environment: Environment, given: number | undefined): PartNumber | undefined {
  const partNumber = partNumberOf(environment, { index: 'SLURM_ARRAY_TASK_ID', first: 0 });
  if (partNumber === undefined || given !== undefined) return partNumber;
  const [min, max, step, count] = ['MIN', 'MAX', 'STEP', 'COUNT'].map((name) =>
    countIn(environment, `SLURM_ARRAY_TASK_${name}`),
  );
  if (min === 0 && step === 1 && max !== undefined && max + 1 === count) return { ...partNumber, of: count };
  return {
    ...partNumber,
    whyNoTotal:
      'SLURM_ARRAY_TASK_COUNT counts the tasks of this submission, and it is not an array from 0 with step 1: say how many parts the whole has, --shard auto/8',
  };
}

/** Undefined when the variable is not set or empty. */
function countIn(environment: Environment, name: string): number | undefined {
  const text = environment[name]?.trim() ?? '';
  if (text === '') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Failure('usage', `--shard auto: ${name} is "${text}", which is no number`);
}
