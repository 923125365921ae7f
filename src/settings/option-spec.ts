/** Flags as data: what an option is declared with. */
import type { OptionGroup } from './option-groups.ts';

/**
 * How the text of an option is read. `byteSize` gives bytes (`32MiB`), `duration` milliseconds (`10s`),
 * `share` a `Share` (`10`, `5%`), `path` the name of a file or directory. Without a kind: `path` when the option says what
 * the path is for, `flag` when the flag takes no argument, else `text`.
 */
export type OptionKind = 'text' | 'flag' | 'count' | 'byteSize' | 'duration' | 'share' | 'path';

/** How a file that an earlier run wrote is told from one of somebody else. */
export interface Replaceable {
  /** `a report of scarf-cli` */
  name: string;
  /** Of its first bytes, as text. */
  beginning: RegExp;
  /** What to do about a file that is none. */
  hint: string;
  /** Also where `--overwrite` is given, which is about other files. */
  always?: boolean;
}

/** What a path is to the command that an option gives it to; the guard over all paths of a command follows from it. */
export interface PathUse {
  /** `input` is read, `output` made, appended to or replaced; `state` is a directory with files of our own. */
  role: 'input' | 'output' | 'state';
  /** Endings of files that are written beside an output: `.meta.ndjson`. */
  beside?: readonly string[];
  /** Names in a state directory that are kept for us. Elsewhere in it others may put what they like. */
  kept?: readonly string[];
  /** Of an output: what alone is replaced without a word; absent: whatever stands there. */
  replaces?: Replaceable;
  /** Whether a text names a file at all: not `-`, and no address. Absent: every text does. */
  isFile?(text: string): boolean;
}

/**
 * A flag, declared once as data: the command line, the environment, help and docs follow from it.
 * A value is looked for in the flag, then the environment names in order, then the profile, then the default.
 */
export interface OptionSpec<T = unknown> {
  /** The key in the settings object. */
  name: string;
  /**
   * As commander writes it: `--max-active <n>`; `--no-wait` (then `--wait` is understood too); absent
   * when only the environment sets it.
   */
  flags?: string;
  /** For a secret: the flag that names a file with the value, as commander writes it: `--token-file <path>`. It is read only. */
  fileFlags?: string;
  /** For a secret: the name of the option with a command that prints the value on its first line. */
  commandOption?: string;
  environment?: readonly string[];
  description: string;
  default?: T;
  choices?: readonly string[];
  kind?: OptionKind;
  /** Of a path: what it is for. */
  path?: PathUse;
  /** The least that a count, size or duration may be. */
  minimum?: number;
  /** The flag may be given several times; the value is an array. */
  repeatable?: boolean;
  /** Reads what no kind does. Throws an Error with a sentence about the value; the caller names the flag or variable. */
  parse?(text: string, previous: T | undefined): T;
  /** The value never appears in any output. Secrets have no flag. */
  secret?: boolean;
  /** Of this process alone: what is kept of a run, and resumed by it, does not have the value. */
  transient?: boolean;
  /** Whether the value decides which bytes leave and where to: part of the recipe. */
  recipe?: boolean;
  /** The heading it is listed under. Default: `general`. */
  group?: OptionGroup;
  /** Among the few that `--help` of a command with many options lists; `--help-all` lists all. */
  common?: boolean;
  /** Values of other options that this value stands for, by their names: below all that a user set, above the defaults. */
  implies?(value: T): Readonly<Record<string, unknown>>;
  /** Of a repeatable option: whether what a user gave takes the place of one that is implied. Absent: all of them together do. */
  overrides?(given: string, implied: string): boolean;
}
