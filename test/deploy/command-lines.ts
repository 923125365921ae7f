/** The command lines in deploy/, as the engine of each file would run them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const folder = join(import.meta.dirname, '../../deploy');

/** One file of deploy/. */
export interface Deployment {
  file: string;
  /** How many times the engine runs what it has. */
  parts: number;
  /** What the engine sets for a part, and what the file has it set. `part`: counted from 0. */
  variables: (part: number) => Record<string, string>;
  commandsOf: (text: string) => string[];
}

/** An argument that stands in a line of YAML or of a shell script. */
const inLines = (text: string) =>
  [...text.matchAll(/^(?!\s*#).*?(scarf-cli (?:import|export|runs) .*)$/gm)].map(([, line = '']) => line);
const inQuotes = (text: string) =>
  [...text.matchAll(/"(scarf-cli (?:import|export|runs) [^"\n]*)"/g)].map(([, line = '']) => line);

const inContainers = (text: string) => {
  const { spec } = parse(text) as { spec: PodOwner & { jobTemplate?: { spec: PodOwner } } };
  const { containers } = (spec.jobTemplate?.spec ?? spec).template.spec;
  return containers.map(({ args }) => ['scarf-cli', ...args.map(quoted)].join(' '));
};

interface PodOwner {
  template: { spec: { containers: { args: string[] }[] } };
}

const inBatch = (text: string) => {
  const { containerProperties, parameters } = JSON.parse(text) as {
    containerProperties: { command: string[] };
    parameters: Record<string, string>;
  };
  const words = containerProperties.command.map((word) => parameters[word.replace(/^Ref::/, '')] ?? word);
  return [['scarf-cli', ...words.map(quoted)].join(' ')];
};

const quoted = (word: string) => `'${word}'`;

export const DEPLOYMENTS: readonly Deployment[] = [
  ...['import-job.yaml', 'import-without-state-job.yaml'].map((name) => ({
    file: `kubernetes/${name}`,
    parts: 8,
    variables: (part: number) => ({ JOB_COMPLETION_INDEX: String(part), PART: String(part) }),
    commandsOf: inContainers,
  })),
  {
    file: 'kubernetes/export-cronjob.yaml',
    parts: 1,
    variables: () => ({}),
    commandsOf: inContainers,
  },
  {
    file: 'aws-batch/import-job-definition.json',
    parts: 4,
    variables: (part) => ({ AWS_BATCH_JOB_ARRAY_INDEX: String(part), AWS_BATCH_JOB_ARRAY_SIZE: '4' }),
    commandsOf: inBatch,
  },
  {
    file: 'slurm/import.sbatch',
    parts: 8,
    variables: (part) => ({ SLURM_ARRAY_TASK_ID: String(part), '@': '/data/*.ndjson' }),
    commandsOf: inLines,
  },
  { file: 'slurm/merge.sbatch', parts: 1, variables: () => ({}), commandsOf: inLines },
  {
    file: 'github/import.yml',
    parts: 4,
    variables: (part) => ({ 'matrix.part': String(part) }),
    commandsOf: inLines,
  },
  {
    file: 'gitlab/import.gitlab-ci.yml',
    parts: 4,
    variables: (part) => ({ CI_NODE_INDEX: String(part + 1), CI_NODE_TOTAL: '4' }),
    commandsOf: inLines,
  },
  {
    file: 'parallel/import.sh',
    parts: 8,
    variables: (part) => ({ PARALLEL_SEQ: String(part + 1), '#': String(part + 1), files: '/data/*.ndjson' }),
    commandsOf: (text) => [
      ...inQuotes(text),
      ...inLines(text).filter((line) => line.startsWith('scarf-cli runs')),
    ],
  },
  {
    file: 'airflow/import_dag.py',
    parts: 4,
    variables: (part) => ({ ...numbered(part), DAY: '2026-11-26', REPORTS: '/shared/scarf/reports' }),
    commandsOf: inQuotes,
  },
  {
    file: 'prefect/import_flow.py',
    parts: 4,
    variables: (part) => ({ ...numbered(part), FILES: '/shared/scarf/2026-11-26/*.ndjson' }),
    commandsOf: inQuotes,
  },
];

const numbered = (part: number) => ({ PART: `${part}/4`, PART_NUMBER: String(part) });

export function commandsOf({ file, commandsOf: find }: Deployment): string[] {
  return find(readFileSync(join(folder, file), 'utf8'));
}

/** The words of a command line behind its name, as a shell and the engine would make them of it. */
export function wordsOf(line: string, variables: Record<string, string>): string[] {
  const form = /\$\{\{ ([\w.]+) \}\}|\$\((\w+)\)|\$(@|\w+)|\{(#)\}/g;
  const text = line.replace(form, (whole, ...names: (string | undefined)[]) => {
    const value = variables[names.find((name) => name !== undefined) ?? ''];
    if (value === undefined) throw new Error(`${whole} is not set: ${line}`);
    return value;
  });
  const words = [...text.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll(/['"]/g, ''),
  );
  return words.slice(1);
}
