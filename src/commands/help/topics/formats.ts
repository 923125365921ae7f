/** `help formats`. */
import { CONTAINER_NAMES } from '../../../sources/containers.ts';

/** Which files are read, which are refused by name, and the options for what the file does not tell. */
export function formats(): string {
  return `The format is told from the name and the first bytes of a file; --format says it otherwise:

  ndjson  one JSON object a line
  json    JSON in any layout: an array, objects side by side or over several lines, an envelope
          such as {"data": [...]} (--path data says where the rows are)
  csv     commas; semicolons, tabs and bars are found by themselves
  tsv     tabs, no quotes
  text    a line is an event (--multiline-start '^\\d{4}-' for events of several lines)

Read as they are, in files and in what a pipe brings:
  ${CONTAINER_NAMES.read.join(', ')}

Refused with the command that unpacks them:
${wrapped(CONTAINER_NAMES.refused)}

Options for tables:
  --delimiter ';'      what stands between cells         --header none       there is no header
  --quote "'"          what stands around cells          --skip-lines 2      lines in front of the header
  --escape '\\'         in front of a quote in quotes     --comment '#'       lines to leave out
  --null '\\N'          cells that are empty              --ragged pad        rows that are too short
  --decimal ,          1,5 is a number                   --encoding latin1   text that is not UTF-8

"scarf-cli check FILE" says what is read; "scarf-cli check FILE --infer" proposes the options.
`;
}

function wrapped(names: readonly string[]): string {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length < 90) lines[lines.length - 1] = `${last}, ${name}`;
    else lines.push(name);
  }
  return lines.map((line) => `  ${line}`).join(',\n');
}
