/** The page beside the inputs: each case as a command to try, with its counts and exit code. */
import { shellWord } from '../../../src/sources/shell-word.ts';
import { ALL_CASES } from './all.ts';
import { NOW, type InputCase } from './case.ts';

const INTRODUCTION = `# Inputs as people have them

Each file is the input of one case or more in \`test/formats/cases\`. A test gives it to \`check\` and to a delivery, and compares counts, exit code and what is said. This page is made from the same table and held by the same test.

To try a case, run its command in this directory. The clock of the test, and of most rows, says ${NOW}: later, rows are warned of as old, and what was ahead may no longer be. A last row without its end is left for the next run only while the file is young: \`touch\` it first. Inputs that the test makes repeat a row or a column and have no file here.

The bytes matter, down to line ends: \`.gitattributes\` keeps Git from changing them.
`;

export function casesPage(): string {
  const sections = ALL_CASES.map(([title, cases]) =>
    [`## ${title}`, '', ...HEADER, ...Object.entries(cases).map(rowOf)].join('\n'),
  );
  return `${[INTRODUCTION.trimEnd(), ...sections].join('\n\n')}\n`;
}

const HEADER = ['| case | command | read | rejected | exit |', '|---|---|---|---|---|'];

function rowOf([name, given]: [string, InputCase]): string {
  const { made, counts, exit = 0 } = given;
  const title = made === undefined ? name : `${name} (made by the test)`;
  return `| ${title} | \`${commandOf(given).replaceAll('|', String.raw`\|`)}\` | ${counts.join(' | ')} | ${exit} |`;
}

function commandOf({ vendor, input, pieces, flags = [] }: InputCase): string {
  const target = vendor === undefined ? [] : ['--target', vendor];
  const argv = ['scarf-cli', 'check', ...target, pieces === undefined ? input : '-', ...flags];
  return `${argv.map(shellWord).join(' ')}${pieces === undefined ? '' : ` < ${input}`}`;
}
